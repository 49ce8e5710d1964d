using System.Globalization;
using System.Text;

using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>
/// Rows for a person: each change of verdict or reason, every 30th interval, and the last message in full.
/// </summary>
internal sealed class TableReplayOutput(TextWriter output) : ReplayOutput
{
    private static readonly CompositeFormat Row = CompositeFormat.Parse("{0,9}  {1,-12}  {2,-22}  {3,12}  {4}");

    private (Analysis.Verdict.Decision Decision, string Reason)? _shown;
    private long _judged;

    public override void Write(AnalysisState state)
    {
        var verdict = state.Verdict;
        var isNews = _shown != (verdict.Decision, verdict.Reason);
        if (_shown is null)
        {
            output.WriteLine(
                string.Format(CultureInfo.InvariantCulture, Row, "T", "VERDICT", "REASON", "LOG EVIDENCE",
                    "METRICS (LOG EVIDENCE)"));
        }

        if (isNews || ++_judged % ShowEvery == 0)
        {
            var metrics = string.Join("  ", verdict.Metrics.Select(metric =>
                string.Create(CultureInfo.InvariantCulture,
                    $"{metric.Metric}{(metric.GateOpen ? "" : "·")} {metric.LogEvidence:0.00}")));
            var seconds = (state.LatestAt - state.Origin).TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)
                + " s";
            var total = double.IsFinite(verdict.LogTotal)
                ? verdict.LogTotal.ToString("0.00", CultureInfo.InvariantCulture) : "–";
            output.WriteLine(
                string.Format(
                    CultureInfo.InvariantCulture, Row, seconds, verdict.Decision, verdict.Reason, total, metrics));
        }

        _shown = (verdict.Decision, verdict.Reason);
    }

    public override void Finish(AnalysisState state)
    {
        output.WriteLine();
        output.WriteLine($"{state.Verdict.Decision}  {state.Verdict.Message}");
    }
}

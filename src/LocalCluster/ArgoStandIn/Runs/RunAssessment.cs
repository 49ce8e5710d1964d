using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>
/// The phase of a whole run: writes phases, messages and summaries into the status it works on
/// (analysis/analysis.go:430-556, v1.10).
/// </summary>
internal sealed class RunAssessment(JsonObject status, bool terminating, bool toldToTerminate)
{
    private string? _worst;
    private string _message = toldToTerminate ? "Run Terminated" : "";
    private bool _everythingCompleted = true;
    private readonly Dictionary<string, int> _summary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _dryRunSummary = new(StringComparer.Ordinal);
    private readonly List<ObjectEvent> _events = [];

    public IReadOnlyList<ObjectEvent> Events => _events;

    public (string Phase, string Message) Assess(
        IReadOnlyList<MetricSpec> metrics, IReadOnlySet<string> dryRun, DateTimeOffset now)
    {
        if (status.Text("startedAt") is null)
            status["startedAt"] = now.ToWire();
        foreach (var metric in metrics)
        {
            var summary = dryRun.Contains(metric.Name) ? _dryRunSummary : _summary;
            Add(summary, "count");
            if (MetricResults.Find(status, metric.Name) is { } result)
                AssessMetric(metric, result, summary, dryRun.Contains(metric.Name));
            else
                _everythingCompleted = false;
        }
        status["runSummary"] = ToJson(_summary);
        status["dryRunSummary"] = ToJson(_dryRunSummary);
        if (terminating)
            return (_worst ?? AnalysisPhase.Successful, _message);
        return _everythingCompleted && _worst is not null ? (_worst, _message) : (AnalysisPhase.Running, "");
    }

    private void AssessMetric(MetricSpec metric, JsonObject result, Dictionary<string, int> summary, bool isDryRun)
    {
        var phase = MetricAssessment.Phase(metric, result, terminating);
        if (result.Text("phase") != phase)
        {
            if (AnalysisPhase.IsCompleted(phase))
                _events.Add(Completed(metric, phase));
            if (result.Items("measurements") is [.., var last])
                result.SetText("message", last.Text("message"));
            result["phase"] = phase;
        }
        if (!AnalysisPhase.IsCompleted(phase))
        {
            _everythingCompleted = false;
            return;
        }
        var excess = MetricAssessment.ExcessOf(metric, result);
        // Without a counter above its limit the summary says successful, whatever the phase is.
        Add(summary, CounterOf(excess.Phase));
        if (isDryRun)
        {
            _worst ??= AnalysisPhase.Successful;
            if (excess.Message.Length > 0)
                result["message"] = $"Metric assessed {phase} due to {excess.Message}";
            return;
        }
        if (_worst is null || AnalysisPhase.IsWorse(_worst, phase))
        {
            _worst = phase;
            if (excess.Message.Length > 0)
                _message = Explain(metric, result, phase, excess.Message);
        }
    }

    private static ObjectEvent Completed(MetricSpec metric, string phase) =>
        new(AnalysisPhase.IsBad(phase), "Metric" + phase, $"Metric '{metric.Name}' Completed. Result: {phase}");

    private static string Explain(MetricSpec metric, JsonObject result, string phase, string excess)
    {
        var message = $"Metric \"{metric.Name}\" assessed {phase} due to {excess}";
        return result.Text("message") is { Length: > 0 } own ? $"{message}: \"Error Message: {own}\"" : message;
    }

    private static string CounterOf(string? phase) => phase switch
    {
        AnalysisPhase.Failed => "failed",
        AnalysisPhase.Inconclusive => "inconclusive",
        AnalysisPhase.Error => "error",
        _ => "successful",
    };

    private static void Add(Dictionary<string, int> summary, string counter) =>
        summary[counter] = summary.GetValueOrDefault(counter) + 1;

    private static JsonObject ToJson(Dictionary<string, int> summary)
    {
        var json = new JsonObject();
        foreach (var counter in new[] { "count", "successful", "failed", "inconclusive", "error" })
            json.SetCount(counter, summary.GetValueOrDefault(counter));
        return json;
    }
}

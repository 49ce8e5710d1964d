using System.Text;
using System.Text.Json;

using Rollouts.Analysis;
using Rollouts.Analysis.Verdict;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>One JSON line an interval. An infinite or unknown number is null.</summary>
internal sealed class JsonReplayOutput(TextWriter output, ReplayBounds bounds) : ReplayOutput
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Decision _decision = Decision.Continue;
    private long _written;

    public override void Write(AnalysisState state)
    {
        var verdict = state.Verdict;
        var isNews = verdict.Decision != _decision;
        _decision = verdict.Decision;
        _written++;
        var showsBounds = bounds switch
        {
            ReplayBounds.Auto => isNews || _written % ShowEvery == 0,
            ReplayBounds.Every => true,
            ReplayBounds.Never => false,
        };
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("t", (state.LatestAt - state.Origin).TotalSeconds);
            json.WriteString("verdict", verdict.Decision.ToString());
            json.WriteString("reason", verdict.Reason);
            json.WriteString("message", verdict.Message);
            WriteNumber(json, "logTotal", verdict.LogTotal);
            json.WriteStartObject("metrics");
            foreach (var estimate in verdict.Metrics)
            {
                Write(json, estimate, showsBounds ? MetricBounds.Of(state, estimate.Metric) : null);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    public override void Finish(AnalysisState state)
    {
    }

    private static void Write(Utf8JsonWriter json, MetricEstimate estimate, MetricBounds? shown)
    {
        json.WriteStartObject(estimate.Metric);
        WriteNumber(json, "logE", estimate.LogEvidence);
        json.WriteNumber("rho", estimate.Tolerance);
        json.WriteNumber("kappa", estimate.Discount);
        json.WriteBoolean("gateOpen", estimate.GateOpen);
        json.WriteBoolean("passes", estimate.Passes);
        WriteNumber(json, "canaryValue", estimate.CanaryValue);
        WriteNumber(json, "stableValue", estimate.StableValue);
        if (shown is not null)
        {
            WriteNumber(json, "diffLower", shown.DifferenceLower);
            WriteNumber(json, "diffUpper", shown.DifferenceUpper);
            WriteNumber(json, "ratioLower", shown.RatioLower);
            WriteNumber(json, "ratioUpper", shown.RatioUpper);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}

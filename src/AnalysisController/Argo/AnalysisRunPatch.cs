using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>
/// The merge patches that we write to an AnalysisRun of Argo's, and nothing else ever is: a beat or a verdict, a note
/// between two beats, and a note on one that asks us itself. Beat and verdict replace our whole entry of
/// <c>metricResults</c>, found by name in
/// the list just read, put the others' entries back untouched, and carry the resourceVersion that was read.
/// Source: the nine rules of the push heartbeat, each found by running Argo's own reconcile code (argo-rollouts
/// analysis/analysis.go, v1.9.1 and after v1.10.0-rc1).
/// </summary>
internal static class AnalysisRunPatch
{
    /// <summary>
    /// After this long without a beat Argo takes the measurement up itself, errors five times, and aborts.
    /// </summary>
    public static readonly TimeSpan ResumeAfter = TimeSpan.FromMinutes(5);

    /// <summary>One measurement in flight: progress for people, dead-man's timer for Argo.</summary>
    public static JsonObject Beat(
        AnalysisRun run,
        CompanionMetric metric,
        string message,
        DateTimeOffset now,
        IReadOnlyDictionary<string, string?> annotations
    )
    {
        var entry = Entry(metric, AnalysisPhase.Running);
        entry["measurements"] = new JsonArray(
            new JsonObject
            {
                ["phase"] = AnalysisPhase.Running,
                ["startedAt"] = JsonText.Time(run.InFlightSince(metric.Name) ?? now),
                ["resumeAt"] = JsonText.Time(now + ResumeAfter),
                ["message"] = JsonText.Bounded(message),
            }
        );
        return Patch(run, metric, entry, annotations);
    }

    /// <summary>
    /// Phase, counters and message in one patch. The counters exceed the template's limits by one: below them Argo
    /// keeps the phase but loses the message, or reads a failure as Successful.
    /// </summary>
    /// <param name="phase">One of the four completed phases.</param>
    /// <param name="value">What the measurement shows as its value: the verdict in one word.</param>
    public static JsonObject Conclude(
        AnalysisRun run,
        CompanionMetric metric,
        string phase,
        string value,
        string message,
        DateTimeOffset now,
        IReadOnlyDictionary<string, string?> annotations
    )
    {
        var entry = Entry(metric, phase);
        entry["message"] = JsonText.Bounded(message);
        Count(entry, metric, phase);
        entry["measurements"] = new JsonArray(
            new JsonObject
            {
                ["phase"] = phase,
                ["startedAt"] = JsonText.Time(run.InFlightSince(metric.Name) ?? now),
                ["finishedAt"] = JsonText.Time(now),
                ["value"] = value,
                ["message"] = JsonText.Bounded(message),
            }
        );
        return Patch(run, metric, entry, annotations);
    }

    /// <summary>Annotations alone: its status stays as it is.</summary>
    public static JsonObject Note(AnalysisRun run, IReadOnlyDictionary<string, string?> annotations) =>
        new() { ["metadata"] = JsonText.Metadata(run, annotations) };

    private static JsonObject Entry(CompanionMetric metric, string phase)
    {
        var entry = new JsonObject { ["name"] = metric.Name, ["phase"] = phase };
        if (metric.DryRun)
        {
            // Forgotten beside another metric, a dry-run failure would end the run Successful at once.
            entry["dryRun"] = true;
        }

        return entry;
    }

    private static void Count(JsonObject entry, CompanionMetric metric, string phase)
    {
        var (counter, count) = phase switch
        {
            AnalysisPhase.Successful => ("successful", 1),
            AnalysisPhase.Failed => ("failed", Beyond(metric.FailureLimit)),
            AnalysisPhase.Inconclusive => ("inconclusive", Beyond(metric.InconclusiveLimit)),
            AnalysisPhase.Error => ("error", Beyond(metric.ConsecutiveErrorLimit)),
            _ => throw new ArgumentException($"'{phase}' does not end a metric", nameof(phase)),
        };
        entry[counter] = count;
        if (phase == AnalysisPhase.Error)
        {
            entry["consecutiveError"] = count;
        }
        else
        {
            entry["count"] = count;
        }
    }

    private static int Beyond(int limit) => limit == int.MaxValue ? limit : Math.Max(limit, 0) + 1;

    private static JsonObject Patch(
        AnalysisRun run,
        CompanionMetric metric,
        JsonObject entry,
        IReadOnlyDictionary<string, string?> annotations
    )
    {
        if (!run.AcceptsWrites(metric.Name))
        {
            throw new ArgumentException(
                $"AnalysisRun {run.Metadata.Name} is '{run.Status.Phase}' and takes no more writes of '{metric.Name}'",
                nameof(run)
            );
        }

        var results = new JsonArray();
        var placed = false;
        foreach (var result in run.Status.MetricResults)
        {
            var ours = result.TryGetProperty("name", out var name) && name.GetString() == metric.Name;
            results.Add(ours ? entry : JsonNode.Parse(result.GetRawText()));
            placed |= ours;
        }

        if (!placed)
        {
            results.Add(entry);
        }

        return new JsonObject
        {
            ["metadata"] = JsonText.Metadata(run, annotations),
            ["status"] = new JsonObject { ["metricResults"] = results },
        };
    }
}

using System.Globalization;
using System.Text.Json;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>What a run's status says of one metric.</summary>
internal static class MetricResults
{
    extension(AnalysisRun run)
    {
        public bool IsCompleted => AnalysisPhase.IsCompleted(run.Status.Phase);

        /// <summary>Argo has taken the run up and nobody has ended it: the only state in which we write.</summary>
        public bool AcceptsWrites(string metric) =>
            run.Status.Phase == AnalysisPhase.Running
            && run.Status.StartedAt is not null
            && !run.Spec.Terminate
            && !AnalysisPhase.IsCompleted(run.PhaseOf(metric));

        /// <summary>Null when the metric has no result yet.</summary>
        public string? PhaseOf(string metric) =>
            run.ResultOf(metric) is { } result && result.TryGetProperty("phase", out var phase)
                ? phase.GetString()
                : null;

        public JsonElement? ResultOf(string metric)
        {
            foreach (var result in run.Status.MetricResults)
            {
                if (result.TryGetProperty("name", out var name) && name.GetString() == metric)
                {
                    return result;
                }
            }

            return null;
        }

        /// <summary>
        /// When the one measurement in flight began; null when none is: erased, finished, or replaced by Argo's errors.
        /// </summary>
        public DateTimeOffset? InFlightSince(string metric) => TimeOf(run.InFlight(metric), "startedAt");

        /// <summary>When Argo takes the one measurement in flight up itself; null when none is.</summary>
        public DateTimeOffset? InFlightUntil(string metric) => TimeOf(run.InFlight(metric), "resumeAt");

        private JsonElement? InFlight(string metric) =>
            run.ResultOf(metric) is { } result
            && result.TryGetProperty("measurements", out var measurements)
            && measurements.ValueKind == JsonValueKind.Array
            && measurements.GetArrayLength() == 1
            && measurements[0] is var only
            && !only.TryGetProperty("finishedAt", out _)
            && only.TryGetProperty("resumeAt", out _)
                ? only
                : null;
    }

    private static DateTimeOffset? TimeOf(JsonElement? measurement, string field) =>
        measurement is { } found
        && found.TryGetProperty(field, out var time)
        && DateTimeOffset.TryParse(
            time.GetString(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var at
        )
            ? at
            : null;
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>What a reconcile found to do: measurements to take, or a problem that ends the run.</summary>
internal sealed record RunPlan(JsonObject Run)
{
    public IReadOnlyList<MetricSpec> Metrics { get; init; } = [];
    public IReadOnlyList<MetricTask> Tasks { get; init; } = [];
    public IReadOnlySet<string> DryRun { get; init; } = new HashSet<string>();
    public IReadOnlyDictionary<string, JsonObject> Retention { get; init; } = new Dictionary<string, JsonObject>();
    public IReadOnlyList<string> Secrets { get; init; } = [];
    public bool IsTerminating { get; init; }
    public string? Problem { get; init; }
}

/// <param name="Patch">Only the fields that changed against the run as read, without resourceVersion; or null.</param>
/// <param name="NextAt">When to reconcile again though nothing changes.</param>
internal sealed record RunOutcome(JsonObject? Patch, IReadOnlyList<ObjectEvent> Events, DateTimeOffset? NextAt);

/// <summary>
/// Argo's reconcile of an AnalysisRun (analysis/analysis.go and analysis/sync.go, v1.10) as two pure functions: what to
/// measure, and what follows from the measurements.
/// </summary>
internal static class AnalysisRunReconciler
{
    private const int MeasurementLimit = 10;

    /// <returns>Null when the run is completed: such a run is never touched again.</returns>
    public static RunPlan? Plan(
        JsonObject run, SecretReader secrets, DateTimeOffset now, ArgoRelease release = ArgoRelease.Current)
    {
        var status = run.Object("status") ?? [];
        if (AnalysisPhase.IsCompleted(status.Text("phase")))
            return null;
        var plan = new RunPlan(run) { IsTerminating = MetricResults.IsTerminating(run, status) };

        var metrics = new List<MetricSpec>();
        foreach (var metric in run.Items("spec", "metrics"))
        {
            var resolved = RunArguments.Substitute(metric, RunArguments.WithoutSecrets(run));
            if (resolved.Value is null)
                return plan with { Problem = $"Unable to resolve metric arguments: {resolved.Problem}" };
            metrics.Add(new MetricSpec(resolved.Value));
        }
        if (status["metricResults"] is null && MetricValidation.Problem(metrics) is { } invalid)
            return plan with { Problem = $"Analysis spec invalid: {invalid}" };
        var dryRun = MetricValidation.Matching(run, "dryRun", metrics);
        var retention = MetricValidation.Matching(run, "measurementRetention", metrics);
        if ((dryRun.Problem ?? retention.Problem) is { } unmatched)
            return plan with { Problem = $"Analysis spec invalid: {unmatched}" };

        plan = plan with
        {
            Metrics = metrics,
            DryRun = dryRun.Value!.Keys.ToHashSet(StringComparer.Ordinal),
            Retention = retention.Value!,
        };
        return WithTasks(plan, status, secrets, now, release);
    }

    /// <param name="measurements">One for each task of the plan, in the same order.</param>
    public static RunOutcome Conclude(RunPlan plan, IReadOnlyList<JsonObject> measurements, DateTimeOffset now)
    {
        var before = plan.Run.Object("status") ?? [];
        var status = (JsonObject)before.DeepClone();
        if (plan.Problem is not null)
            return EndWithError(before, status, plan.Problem);

        foreach (var (task, measurement) in plan.Tasks.Zip(measurements))
        {
            var result = MetricResults.FindOrAdd(status, task.Metric.Name, plan.DryRun.Contains(task.Metric.Name));
            Redact(measurement, plan.Secrets);
            MetricResults.Record(result, measurement, task.InFlight is not null, now);
        }
        // A metric that goes bad in this reconcile ends the others only in the next one.
        var assessment = new RunAssessment(status, plan.IsTerminating, plan.Run.Flag("spec", "terminate"));
        var (phase, message) = assessment.Assess(plan.Metrics, plan.DryRun, now);
        var events = new List<ObjectEvent>(assessment.Events);
        if (status.Text("phase") != phase)
        {
            status["phase"] = phase;
            status.SetText("message", message);
            if (AnalysisPhase.IsCompleted(phase))
            {
                status["completedAt"] = now.ToWire();
                events.Add(CompletionEvent(phase));
            }
        }
        Trim(plan, status);
        var nextAt = AnalysisPhase.IsCompleted(phase) ? null : MetricSchedule.NextAt(plan.Metrics, status, now);
        return new RunOutcome(StatusPatch(before, status), events, nextAt);
    }

    private static RunPlan WithTasks(
        RunPlan plan, JsonObject status, SecretReader secrets, DateTimeOffset now, ArgoRelease release)
    {
        var arguments = RunArguments.WithSecrets(plan.Run, secrets);
        if (arguments.Value is null)
            return plan with { Problem = $"Unable to resolve metric arguments: {arguments.Problem}" };
        var raw = plan.Run.Items("spec", "metrics");
        var tasks = MetricSchedule.Due(plan.Metrics, status, plan.IsTerminating, now, release)
            .Select(task => task with
            {
                Metric = new MetricSpec(RunArguments.Substitute(
                    raw[plan.Metrics.ToList().IndexOf(task.Metric)], arguments.Value).Value!),
            })
            .ToList();
        return plan with { Tasks = tasks, Secrets = SecretValues(plan.Run, arguments.Value) };
    }

    private static List<string> SecretValues(JsonObject run, IReadOnlyDictionary<string, string> arguments) =>
        [.. run.Items("spec", "args")
            .Where(argument => argument.Object("valueFrom", "secretKeyRef") is not null)
            .Select(argument => arguments[argument.Text("name") ?? ""])
            .Where(value => value.Length > 0)];

    private static void Redact(JsonObject measurement, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
        {
            var message = measurement.Text("message")?.Replace(secret, "*****", StringComparison.Ordinal);
            measurement.SetText("message", message);
        }
    }

    /// <summary>Ends without startedAt and completedAt, as Argo does where nothing was assessed.</summary>
    private static RunOutcome EndWithError(JsonObject before, JsonObject status, string message)
    {
        status["phase"] = AnalysisPhase.Error;
        status["message"] = message;
        return new RunOutcome(StatusPatch(before, status), [CompletionEvent(AnalysisPhase.Error)], null);
    }

    private static ObjectEvent CompletionEvent(string phase) =>
        new(AnalysisPhase.IsBad(phase), "AnalysisRun" + phase, $"Analysis Completed. Result: {phase}");

    /// <summary>Keeps the latest measurements; only where the provider can be made, so never for a plugin.</summary>
    private static void Trim(RunPlan plan, JsonObject status)
    {
        foreach (var metric in plan.Metrics.Where(metric => metric.Json.Object("provider", "plugin") is null))
        {
            var limit = plan.Retention.GetValueOrDefault(metric.Name).Int("limit") is > 0 and var own
                ? own
                : MeasurementLimit;
            if (MetricResults.Find(status, metric.Name)?["measurements"] is not JsonArray measurements)
                continue;
            while (measurements.Count > limit)
                measurements.RemoveAt(0);
        }
    }

    private static JsonObject? StatusPatch(JsonObject before, JsonObject after) =>
        MergePatch.Between(before, after) is { } patch ? new JsonObject { ["status"] = patch } : null;
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.Pods;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>What the story looks at, read at one moment.</summary>
internal sealed record ClusterView(ObjectView Rollout, ObjectView? Run, RouteTable Routes, TrafficCounts Counts)
{
    private const string RunResource = "analysisruns.argoproj.io";

    public long Replicas => Rollout.Number("spec", "replicas");

    public string CurrentHash => Rollout.Text("status", "currentPodHash") ?? "";

    public bool IsAborted => Rollout.At("status", "abort") is JsonValue abort && abort.GetValue<bool>();

    public string Phase => Rollout.Text("status", "phase") ?? "";

    public string RunPhase => Run?.Text("status", "phase") ?? "";

    /// <summary>Phases after which Argo never looks at a run again.</summary>
    public bool RunIsCompleted => RunPhase is "Successful" or "Failed" or "Error" or "Inconclusive";

    /// <summary>
    /// What our analysis says of itself: the message of the metric's newest measurement, else of the metric.
    /// </summary>
    public string Progress
    {
        get
        {
            var metrics = Run?.At("status", "metricResults") as JsonArray;
            if (metrics?.OfType<JsonObject>().FirstOrDefault() is not { } metric)
                return "";
            var measurement = (metric["measurements"] as JsonArray)?.OfType<JsonObject>().LastOrDefault();
            return (measurement is null ? null : new ObjectView(measurement).Text("message"))
                ?? new ObjectView(metric).Text("message")
                ?? "";
        }
    }

    public bool IsSettledOn(string hash) =>
        Phase == "Healthy" && Rollout.Text("status", "stableRS") == hash && CurrentHash == hash && Routes.IsAllStable;

    public bool WaitsForAPerson =>
        (Rollout.At("status", "pauseConditions") as JsonArray)?.OfType<JsonObject>()
            .Any(condition => new ObjectView(condition).Text("reason") == "InconclusiveAnalysisRun") ?? false;

    /// <summary>Whether the Rollout's status speaks of its newest spec.</summary>
    public bool IsObserved =>
        Rollout.Text("status", "observedGeneration")
        == Rollout.Generation.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// A crashing pod is out of the routes between two crashes and will be back: only its end, or a Service that does
    /// not select it any more, ends the exposure.
    /// </summary>
    public required bool CanaryPodIsLeft { get; init; }

    public static ClusterView Read(ClusterObjects objects, ServiceRouter router, TrafficCounts counts)
    {
        var found = objects.Get(SampleManifests.RolloutResource, SampleManifests.Namespace, SampleManifests.Rollout)
            ?? throw new LocalClusterException($"rollout {SampleManifests.Rollout} is gone");
        var rollout = new ObjectView(found);
        var hash = rollout.Text("status", "currentPodHash");
        var run = objects.List(RunResource, SampleManifests.Namespace)
            .Select(json => new ObjectView(json))
            .Where(candidate => candidate.ControllerUid == rollout.Uid)
            .Where(candidate => candidate.Label(ObjectView.PodTemplateHash) == hash)
            .OrderByDescending(candidate => candidate.CreatedAt)
            .Cast<ObjectView?>()
            .FirstOrDefault();
        var service = objects.Get("services", SampleManifests.Namespace, SampleManifests.Service);
        var selector = service is null ? null : new ObjectView(service).At("spec", "selector") as JsonObject;
        var canaryPodIsLeft = objects.List("pods", SampleManifests.Namespace)
            .Select(json => new ObjectView(json))
            .Any(pod => pod.Label(ObjectView.PodTemplateHash) == hash
                && pod.HasLabels(selector)
                && !pod.IsBeingDeleted);
        return new ClusterView(rollout, run, router.Table, counts) { CanaryPodIsLeft = canaryPodIsLeft };
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Metrics;
using Rollouts.LocalCluster.ArgoStandIn.Runs;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Reads a run, measures, and patches it: the shell of <see cref="AnalysisRunReconciler"/>.</summary>
internal sealed class RunController(
    ClusterObjects objects,
    RunCache cache,
    MetricProviders providers,
    EventRecorder events,
    TimeProvider clock,
    InstanceId instance,
    ArgoRelease release = ArgoRelease.Current)
{
    public async Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (cache.Find(key) is not { } run || !instance.Owns(run))
            return null;
        var plan = AnalysisRunReconciler.Plan(
            run, name => ReadSecret(key.Namespace, name), clock.GetUtcNow(), release);
        if (plan is null)
            return DeleteWhenExpired(run, key);
        var measurements = await Task.WhenAll(
            plan.Tasks.Select(task => providers.MeasureAsync(task, plan.IsTerminating, cancellation)));
        var outcome = AnalysisRunReconciler.Conclude(plan, measurements, clock.GetUtcNow());
        if (outcome.Patch is not null)
        {
            var patched = objects.MergePatch(ArgoNames.AnalysisRuns, key.Namespace, key.Name, outcome.Patch);
            cache.Wrote(patched);
        }
        foreach (var what in outcome.Events)
            events.Record(run, what);
        return Resync.Or(outcome.NextAt, clock.GetUtcNow());
    }

    /// <summary>The only thing that still happens to a completed run.</summary>
    private DateTimeOffset? DeleteWhenExpired(JsonObject run, ObjectKey key)
    {
        var endsAt = TimeToLive.EndOf(run);
        if (endsAt is null || endsAt > clock.GetUtcNow())
            return endsAt;
        objects.Delete(ArgoNames.AnalysisRuns, key.Namespace, key.Name);
        return null;
    }

    private Dictionary<string, string>? ReadSecret(string @namespace, string name) =>
        objects.Get("secrets", @namespace, name)?.TextMap("data").ToDictionary(
            entry => entry.Key, entry => Encoding.UTF8.GetString(Convert.FromBase64String(entry.Value)));
}

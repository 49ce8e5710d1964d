using System.Diagnostics;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Gathers what a Rollout needs, does what is decided: the shell of <see cref="RolloutReconciler"/>.</summary>
internal sealed class RolloutController(ClusterObjects objects, EventRecorder events, TimeProvider clock)
{
    public Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var rollout = objects.Get(ArgoNames.Rollouts, key.Namespace, key.Name);
        if (rollout is null || !IsOurs(rollout) || rollout.Text("metadata", "deletionTimestamp") is not null)
            return Task.FromResult<DateTimeOffset?>(null);
        var plan = RolloutReconciler.Reconcile(Gather(rollout, key));
        foreach (var write in plan.Writes)
            Apply(write, rollout, key.Namespace);
        return Task.FromResult(plan.NextAt);
    }

    /// <summary>This controller runs without an instance id: what carries one belongs to another controller.</summary>
    private static bool IsOurs(JsonObject item) => item.Text("metadata", "labels", ArgoNames.InstanceLabel) is null;

    private RolloutState Gather(JsonObject rollout, ObjectKey key)
    {
        var uid = rollout.Text("metadata", "uid");
        return new RolloutState(
            rollout,
            [.. objects.List(ArgoNames.ReplicaSets, key.Namespace)
                .Where(set => AnalysisRunFactory.ControllerUid(set) == uid)],
            [.. objects.List(ArgoNames.AnalysisRuns, key.Namespace).Where(IsOurs)],
            objects.List(ArgoNames.Services, key.Namespace),
            new AnalysisTemplates(
                [.. objects.List(ArgoNames.AnalysisTemplates, key.Namespace).Where(IsOurs)],
                [.. objects.List(ArgoNames.ClusterAnalysisTemplates).Where(IsOurs)]),
            clock.GetUtcNow());
    }

    private void Apply(ClusterWrite write, JsonObject rollout, string @namespace)
    {
        switch (write)
        {
            case ClusterWrite.Create create:
                objects.Create(create.Resource, @namespace, create.Body);
                break;
            case ClusterWrite.Patch patch:
                objects.MergePatch(patch.Resource, @namespace, patch.Name, patch.Body, patch.Subresource);
                break;
            case ClusterWrite.Delete delete:
                objects.Delete(delete.Resource, @namespace, delete.Name);
                break;
            case ClusterWrite.Emit emit:
                events.Record(rollout, emit.Event);
                break;
            default:
                throw new UnreachableException($"unknown write {write}");
        }
    }
}

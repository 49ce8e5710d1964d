using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Gathers what a Rollout needs, does what is decided: the shell of <see cref="RolloutReconciler"/>.</summary>
internal sealed class RolloutController(
    ClusterObjects objects, EventRecorder events, TimeProvider clock, InstanceId instance)
{
    private readonly ClusterWriter _writer = new(objects, events);

    public Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var rollout = objects.Get(ArgoNames.Rollouts, key.Namespace, key.Name);
        if (rollout is null || !instance.Owns(rollout) || rollout.Text("metadata", "deletionTimestamp") is not null)
            return Task.FromResult<DateTimeOffset?>(null);
        var plan = RolloutReconciler.Reconcile(Gather(rollout, key.Namespace));
        _writer.Apply(plan.Writes, rollout);
        return Task.FromResult<DateTimeOffset?>(Resync.Or(plan.NextAt, clock.GetUtcNow()));
    }

    private RolloutState Gather(JsonObject rollout, string @namespace)
    {
        var uid = rollout.Text("metadata", "uid");
        return new RolloutState
        {
            Rollout = rollout,
            Workload = rollout.Text("spec", "workloadRef", "name") is { } name
                ? objects.Get(ArgoNames.Deployments, @namespace, name)
                : null,
            ReplicaSets =
            [
                .. objects.List(ArgoNames.ReplicaSets, @namespace)
                    .Where(set => AnalysisRunFactory.ControllerUid(set) == uid),
            ],
            Runs = Ours(ArgoNames.AnalysisRuns, @namespace),
            Experiments = Ours(ArgoNames.Experiments, @namespace),
            Services = objects.List(ArgoNames.Services, @namespace),
            Templates = AnalysisTemplates.Gather(objects, @namespace, instance),
            Now = clock.GetUtcNow(),
        };
    }

    private List<JsonObject> Ours(string resource, string @namespace) =>
        [.. objects.List(resource, @namespace).Where(instance.Owns)];
}

using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Experiments;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Gathers what an Experiment needs, does what is decided: the shell of its reconciler.</summary>
internal sealed class ExperimentController(
    ClusterObjects objects, EventRecorder events, TimeProvider clock, InstanceId instance)
{
    private readonly ClusterWriter _writer = new(objects, events);

    public Task<DateTimeOffset?> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var experiment = objects.Get(ArgoNames.Experiments, key.Namespace, key.Name);
        if (experiment is null || !instance.Owns(experiment)
            || experiment.Text("metadata", "deletionTimestamp") is not null)
        {
            return Task.FromResult<DateTimeOffset?>(null);
        }
        var uid = experiment.Text("metadata", "uid");
        var plan = ExperimentReconciler.Reconcile(new ExperimentState
        {
            Experiment = experiment,
            ReplicaSets =
            [
                .. objects.List(ArgoNames.ReplicaSets, key.Namespace)
                    .Where(set => AnalysisRunFactory.ControllerUid(set) == uid),
            ],
            Runs = [.. objects.List(ArgoNames.AnalysisRuns, key.Namespace).Where(instance.Owns)],
            Services = objects.List(ArgoNames.Services, key.Namespace),
            Templates = AnalysisTemplates.Gather(objects, key.Namespace, instance),
            Now = clock.GetUtcNow(),
        });
        _writer.Apply(plan.Writes, experiment);
        return Task.FromResult(plan.NextAt);
    }
}

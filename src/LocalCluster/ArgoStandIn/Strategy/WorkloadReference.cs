using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// A Rollout whose pod template is that of a Deployment (<c>spec.workloadRef</c>), and what becomes of the Deployment's
/// own pods (rollout/{templateref,workloadref}.go, v1.10).
/// </summary>
internal static class WorkloadReference
{
    private const string Field = "spec.workloadRef";

    /// <summary>
    /// The Rollout as it is worked on: with template and, unless it has its own, selector of the Deployment.
    /// </summary>
    public static Resolved<JsonObject> Resolve(RolloutState state)
    {
        var rollout = state.Rollout;
        if (rollout.Object("spec", "workloadRef") is not { } reference)
            return new(rollout, null);
        if (rollout.Object("spec", "template") is not null)
            return new(null, "spec.template: Invalid value: template must be empty for workload reference rollout");
        if (reference.Text("kind") != "Deployment" || reference.Text("apiVersion") != "apps/v1")
        {
            var kind = $"{reference.Text("apiVersion")}/{reference.Text("kind")}";
            return new(null, $"{Field}: Unsupported value: the local cluster knows apps/v1/Deployment, not {kind}");
        }
        if (reference.Text("scaleDown") is not (null or "never" or "onsuccess" or "progressively"))
            return new(null, $"{Field}.scaleDown: Unsupported value: {reference.Text("scaleDown")}");
        if (state.Workload is not { } workload)
        {
            var name = reference.Text("name");
            return new(null, $"{Field}.name: Invalid value: \"{name}\": deployments.apps \"{name}\" not found");
        }
        var resolved = (JsonObject)rollout.DeepClone();
        var spec = resolved.Child("spec");
        spec["template"] = workload.At("spec", "template")?.DeepClone();
        spec["selector"] ??= workload.At("spec", "selector")?.DeepClone();
        return new(resolved, null);
    }

    /// <summary>Which generation of the Deployment is worked on: wanted in an annotation, done in the status.</summary>
    public static void Observe(RolloutPass pass)
    {
        if (pass.State.Workload is not { } workload)
        {
            pass.Next.Remove("workloadObservedGeneration");
            return;
        }
        var generation = $"{workload.Int("metadata", "generation")}";
        pass.Next["workloadObservedGeneration"] = generation;
        if (pass.Rollout.Text("metadata", "annotations", ArgoNames.WorkloadGeneration) == generation)
            return;
        var annotations = new JsonObject { [ArgoNames.WorkloadGeneration] = generation };
        pass.Write(new ClusterWrite.Patch(ArgoNames.Rollouts, pass.Name,
            new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } }));
    }

    /// <summary>
    /// <c>onsuccess</c> takes the Deployment's pods away once the Rollout is healthy, <c>progressively</c> one for each
    /// pod of the Rollout that is available; without either they stay.
    /// </summary>
    public static void ScaleDown(RolloutPass pass, string phase)
    {
        if (pass.State.Workload is not { } workload)
            return;
        var current = workload.Int("spec", "replicas") ?? 1;
        var wanted = (pass.Rollout.Text("spec", "workloadRef", "scaleDown"), phase) switch
        {
            ("onsuccess" or "progressively", "Healthy") => 0,
            ("progressively", _) => Math.Max(0, pass.Replicas - (pass.Next.Int("availableReplicas") ?? 0)),
            _ => current,
        };
        if (wanted == current)
            return;
        pass.Write(new ClusterWrite.Patch(ArgoNames.Deployments, workload.Text("metadata", "name")!,
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = wanted } }));
    }
}

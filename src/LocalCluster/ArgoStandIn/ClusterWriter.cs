using System.Diagnostics;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Does in the cluster what a reconcile has decided.</summary>
internal sealed class ClusterWriter(ClusterObjects objects, EventRecorder events)
{
    /// <param name="about">The object that was reconciled: events are about it.</param>
    public void Apply(IEnumerable<ClusterWrite> writes, JsonObject about)
    {
        foreach (var write in writes)
            Apply(write, about, ObjectKey.Of(about).Namespace);
    }

    private void Apply(ClusterWrite write, JsonObject about, string @namespace)
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
                events.Record(about, emit.Event);
                break;
            default:
                throw new UnreachableException($"unknown write {write}");
        }
    }
}

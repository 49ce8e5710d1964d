using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Traffic;

/// <summary>Keeps the route table of one Service true to the cluster; anybody may read it at any time.</summary>
internal sealed class ServiceRouter(ClusterObjects objects, string @namespace, string service, TimeProvider clock)
{
    private volatile RouteTable _table = RouteTable.Empty;

    public string Host => $"{service}.{@namespace}.svc";

    public RouteTable Table => _table;

    public Task RunAsync(CancellationToken cancellation) => ReconcileLoop.RunAsync(
        objects,
        ["services", "pods", "rollouts.argoproj.io"],
        Rebuild,
        clock,
        cancellation);

    private void Rebuild()
    {
        if (objects.Get("services", @namespace, service) is not { } found)
        {
            _table = RouteTable.Empty;
            return;
        }

        _table = RouteTable.Build(
            new ObjectView(found),
            objects.List("pods", @namespace).Select(json => new ObjectView(json)),
            objects.List("rollouts.argoproj.io", @namespace).Select(json => new ObjectView(json)));
    }
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer;

/// <summary>
/// Everything the API server holds, without a way in: <see cref="ClusterObjects"/> and HTTP are its two ways in.
/// </summary>
internal sealed class ClusterState
{
    public const string DefaultNamespace = "default";

    public ClusterState(ClusterStateOptions options)
    {
        Store = new ObjectStore(options.HistoryPerResource, options.WatchQueueBound);
        Catalog = new ResourceCatalog(BuiltInKinds.Read());
        Removal = new ObjectRemoval(Store, Catalog, options.Clock);
        Writes = new ObjectWrites(Store, Catalog, Removal, options.Clock, options.NewUid);
        Objects = new ClusterObjects(this);
        Objects.Create(
            "namespaces",
            "",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Namespace",
                ["metadata"] = new JsonObject { ["name"] = DefaultNamespace },
            });
        if (options.CrdFolder is { } folder)
            CrdFolder.Load(folder, Objects);
    }

    public ObjectStore Store { get; }

    public ResourceCatalog Catalog { get; }

    public ObjectRemoval Removal { get; }

    public ObjectWrites Writes { get; }

    public ClusterObjects Objects { get; }
}

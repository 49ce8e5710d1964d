using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

public sealed class RunCacheTests
{
    private static readonly ObjectKey Key = new("default", "run");

    private readonly RunCache _cache = new();

    [Fact]
    public void An_older_version_never_replaces_a_newer_one()
    {
        Apply(ClusterEventType.Added, 10);
        Apply(ClusterEventType.Modified, 9);
        Apply(ClusterEventType.Deleted, 9);

        Assert.Equal("10", _cache.Find(Key).Text("metadata", "resourceVersion"));

        Apply(ClusterEventType.Deleted, 11);
        Assert.Null(_cache.Find(Key));
    }

    [Fact]
    public void What_is_handed_out_is_a_copy()
    {
        Apply(ClusterEventType.Added, 10);

        _cache.Find(Key)!["status"] = new JsonObject();

        Assert.Null(_cache.Find(Key).At("status"));
    }

    private void Apply(ClusterEventType type, int version) => _cache.Apply(new ClusterEvent(type, Version(version)));

    private static JsonObject Version(int version) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["namespace"] = "default", ["name"] = "run", ["resourceVersion"] = $"{version}",
        },
    };
}

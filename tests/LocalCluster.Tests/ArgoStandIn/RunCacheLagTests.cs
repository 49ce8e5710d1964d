using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>A cache that is made to lag behind the cluster.</summary>
public sealed class RunCacheLagTests
{
    private static readonly ObjectKey Key = new("default", "run");

    private readonly RunCache _cache = new();

    [Fact]
    public void A_cache_that_holds_back_learns_everything_on_release()
    {
        Apply(ClusterEventType.Added, 10);
        _cache.HoldBack();
        Apply(ClusterEventType.Modified, 11);
        Assert.Equal("10", _cache.Find(Key).Text("metadata", "resourceVersion"));

        _cache.Release();
        Assert.Equal("11", _cache.Find(Key).Text("metadata", "resourceVersion"));
    }

    [Fact]
    public void Catching_up_tells_of_whom_something_was_learned_and_goes_on_holding_back()
    {
        _cache.HoldBack();
        Apply(ClusterEventType.Added, 10);
        Apply(ClusterEventType.Modified, 11);

        Assert.Equal([Key], _cache.CatchUp());
        Apply(ClusterEventType.Modified, 12);
        Assert.Equal("11", _cache.Find(Key).Text("metadata", "resourceVersion"));
        Assert.Equal([Key], _cache.CatchUp());
        Assert.Empty(_cache.CatchUp());
    }

    [Fact]
    public void What_this_controller_wrote_itself_is_known_though_the_rest_is_held_back()
    {
        Apply(ClusterEventType.Added, 10);
        _cache.HoldBack();
        Apply(ClusterEventType.Modified, 11);

        _cache.Wrote(Version(12));
        Assert.Equal("12", _cache.Find(Key).Text("metadata", "resourceVersion"));
        _cache.Release();
        Assert.Equal("12", _cache.Find(Key).Text("metadata", "resourceVersion"));
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

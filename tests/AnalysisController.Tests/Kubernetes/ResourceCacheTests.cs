using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

public sealed class ResourceCacheTests
{
    [Fact]
    public void What_belongs_to_an_object_is_found_without_looking_at_the_rest()
    {
        var cache = new ResourceCache<Pod>();
        cache.Apply(new ResourceEvent<Pod>.Listed([PodOf("a", "rs-1"), PodOf("b", "rs-1"), PodOf("c", "rs-2")]));

        cache.Apply(new ResourceEvent<Pod>.Changed(PodOf("b", "rs-2")));
        cache.Apply(new ResourceEvent<Pod>.Removed(PodOf("c", "rs-2")));

        Assert.Equal(["a"], cache.OwnedBy("rs-1").Select(pod => pod.Metadata.Name));
        Assert.Equal(["b"], cache.OwnedBy("rs-2").Select(pod => pod.Metadata.Name));
        Assert.Empty(cache.OwnedBy("rs-3"));
    }

    [Fact]
    public void A_list_takes_out_what_vanished_of_its_own_namespace_only()
    {
        var cache = new ResourceCache<Pod>(scopes: 2);
        cache.Apply(new ResourceEvent<Pod>.Listed([PodOf("a", "rs-1", "one")]), "one");
        Assert.False(cache.IsSynced);
        cache.Apply(new ResourceEvent<Pod>.Listed([PodOf("b", "rs-2", "two")]), "two");
        Assert.True(cache.IsSynced);

        var touched = cache.Apply(new ResourceEvent<Pod>.Listed([]), "one");

        Assert.Equal(["a"], touched.Select(pod => pod.Metadata.Name));
        Assert.Equal(["b"], cache.All.Select(pod => pod.Metadata.Name));
        Assert.Empty(cache.OwnedBy("rs-1"));
    }

    private static Pod PodOf(string name, string owner, string @namespace = "default") =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = @namespace,
                OwnerReferences = [new OwnerReference { Uid = owner, Controller = true }],
            },
        };
}

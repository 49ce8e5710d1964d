using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Http;

public sealed class ListTests
{
    [Fact]
    public async Task Pages_of_one_list_show_one_version()
    {
        await using var cluster = await HttpCluster.StartAsync();
        foreach (var name in (string[])["a", "b", "c", "d", "e"])
            cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap(name));

        var (_, first) = await cluster.GetAsync($"{HttpCluster.ConfigMaps}?limit=2");
        cluster.Objects.Delete("configmaps", "default", "d");
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("bb"));
        cluster.Objects.MergePatch("configmaps", "default", "c", Cluster.Object("{data: {value: '2'}}"));
        var (_, second) = await cluster.GetAsync(Next(first, 2));
        var (_, third) = await cluster.GetAsync(Next(second, 2));

        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(3, first.Metadata.Whole("remainingItemCount"));
        Assert.Equal(["c", "d"], Names(second));
        Assert.Equal("1", second.Children("items").First().Child("data")!.Text("value"));
        Assert.Equal(["e"], Names(third));
        Assert.False(third.Metadata.ContainsKey("continue"));
        Assert.Equal(first.Metadata.Text("resourceVersion"), third.Metadata.Text("resourceVersion"));
    }

    [Fact]
    public async Task A_page_of_a_version_that_is_forgotten_is_gone()
    {
        await using var cluster = await HttpCluster.StartAsync(new ApiServerOptions { HistoryPerResource = 2 });
        foreach (var name in (string[])["a", "b", "c"])
            cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap(name));
        var (_, first) = await cluster.GetAsync($"{HttpCluster.ConfigMaps}?limit=1");

        foreach (var name in (string[])["d", "e", "f"])
            cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap(name));
        var (code, refused) = await cluster.GetAsync(Next(first, 1));

        Assert.Equal((410, "Expired"), (code, refused.Text("reason")));
        Assert.Contains("remembers a bounded number of changes", refused.Text("message"), StringComparison.Ordinal);
        Assert.Equal(400, (await cluster.GetAsync($"{HttpCluster.ConfigMaps}?limit=1&continue=nonsense")).Code);
    }

    [Fact]
    public async Task A_version_is_at_least_or_exactly_what_was_asked()
    {
        await using var cluster = await HttpCluster.StartAsync();
        var version = cluster
            .Objects.Create("configmaps", "default", Cluster.ConfigMap("a"))
            .Metadata.Text("resourceVersion");
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("b"));

        var (_, any) = await cluster.GetAsync($"{HttpCluster.ConfigMaps}?resourceVersion=0");
        var (_, atLeast) = await cluster.GetAsync($"{HttpCluster.ConfigMaps}?resourceVersion={version}");
        var (_, exact) = await cluster.GetAsync(
            $"{HttpCluster.ConfigMaps}?resourceVersion={version}&resourceVersionMatch=Exact");
        var (code, future) = await cluster.GetAsync($"{HttpCluster.ConfigMaps}?resourceVersion=99999");

        Assert.Equal(["a", "b"], Names(any));
        Assert.Equal(["a", "b"], Names(atLeast));
        Assert.Equal(["a"], Names(exact));
        Assert.Equal(version, exact.Metadata.Text("resourceVersion"));
        Assert.Equal((504, "Timeout"), (code, future.Text("reason")));
        Assert.StartsWith("Too large resource version: 99999", future.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thousands_of_pods_are_listed_in_one_answer()
    {
        await using var cluster = await HttpCluster.StartAsync();
        for (var number = 0; number < 3000; number++)
        {
            cluster.Objects.Create(
                "pods",
                "default",
                Cluster.Object(
                    "{apiVersion: v1, kind: Pod, metadata: {generateName: p-}, spec: {containers: [{name: api}]}}"));
        }

        var (code, list) = await cluster.GetAsync("/api/v1/pods");

        Assert.Equal((200, 3000), (code, list.Children("items").Count()));
    }

    private static string Next(JsonObject page, int limit) =>
        $"{HttpCluster.ConfigMaps}?limit={limit}&continue={Uri.EscapeDataString(page.Metadata.Text("continue")!)}";

    private static string[] Names(JsonObject list) =>
        [.. list.Children("items").Select(item => item.Metadata.Text("name")!)];
}

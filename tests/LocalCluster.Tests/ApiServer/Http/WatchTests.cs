using System.Globalization;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Http;

public sealed class WatchTests
{
    [Fact]
    public async Task A_watch_without_a_version_begins_with_what_exists()
    {
        await using var cluster = await HttpCluster.StartAsync();
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("a"));

        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true");
        Assert.Equal("ADDED a", await watch.NextAsync());
        cluster.Objects.MergePatch("configmaps", "default", "a", Cluster.Object("{data: {value: '2'}}"));
        cluster.Objects.Create("services", "default", Service());
        cluster.Objects.Delete("configmaps", "default", "a");
        Assert.Equal("MODIFIED a", await watch.NextAsync());
        Assert.Equal("DELETED a", await watch.NextAsync());
    }

    [Fact]
    public async Task A_watch_from_a_version_tells_every_change_after_it_once()
    {
        await using var cluster = await HttpCluster.StartAsync();
        var version = cluster
            .Objects.Create("configmaps", "default", Cluster.ConfigMap("a"))
            .Metadata.Text("resourceVersion");
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("b"));

        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=1&resourceVersion={version}");
        Assert.Equal("ADDED b", await watch.NextAsync());
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("c"));
        Assert.Equal("ADDED c", await watch.NextAsync());
    }

    [Fact]
    public async Task An_object_that_enters_or_leaves_the_selection_is_added_or_deleted()
    {
        await using var cluster = await HttpCluster.StartAsync();
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("a"));
        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true&labelSelector=arm%3Dcanary");

        Label(cluster, "arm: canary");
        Label(cluster, "other: x");
        Label(cluster, "arm: stable");
        Label(cluster, "other: y");
        Label(cluster, "arm: canary");

        Assert.Equal("ADDED a", await watch.NextAsync());
        Assert.Equal("MODIFIED a", await watch.NextAsync());
        Assert.Equal("DELETED a", await watch.NextAsync());
        Assert.Equal("ADDED a", await watch.NextAsync());
    }

    [Fact]
    public async Task Bookmarks_come_when_allowed_and_carry_the_version_told_so_far()
    {
        await using var cluster = await HttpCluster.StartAsync(
            new ApiServerOptions { BookmarkInterval = TimeSpan.FromMilliseconds(50) });
        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true&allowWatchBookmarks=true");
        var newest = cluster.Objects.Create("services", "default", Service()).Metadata.Text("resourceVersion");

        while (await watch.ReadAsync() is { } line)
        {
            Assert.Equal("BOOKMARK", line.Text("type"));
            var bookmark = line.Child("object")!;
            Assert.Equal(("ConfigMap", "v1"), (bookmark.Text("kind"), bookmark.Text("apiVersion")));
            if (bookmark.Metadata.Text("resourceVersion") == newest)
                return;
        }
        Assert.Fail("the watch ended before its bookmark");
    }

    [Fact]
    public async Task No_bookmark_comes_unasked_and_the_timeout_ends_the_watch()
    {
        await using var cluster = await HttpCluster.StartAsync(
            new ApiServerOptions { BookmarkInterval = TimeSpan.FromMilliseconds(20) });

        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true&timeoutSeconds=1");

        Assert.Null(await watch.ReadAsync());
    }

    [Fact]
    public async Task A_version_that_fell_out_of_the_history_is_gone()
    {
        await using var cluster = await HttpCluster.StartAsync(new ApiServerOptions { HistoryPerResource = 3 });
        var versions = Enumerable
            .Range(0, 6)
            .Select(number =>
                cluster
                    .Objects.Create("configmaps", "default", Cluster.ConfigMap($"m{number}"))
                    .Metadata.Text("resourceVersion"))
            .ToList();

        using var remembered = await cluster.WatchAsync(
            $"{HttpCluster.ConfigMaps}?watch=true&resourceVersion={versions[2]}");
        Assert.Equal("ADDED m3", await remembered.NextAsync());

        using var forgotten = await cluster.WatchAsync(
            $"{HttpCluster.ConfigMaps}?watch=true&resourceVersion={versions[1]}");
        var (type, status) = await ErrorAsync(forgotten);
        Assert.Equal(("ERROR", "Expired", 410L), (type, status.Text("reason"), status.Whole("code")));
        Assert.Equal($"too old resource version: {versions[1]} ({versions[5]})", status.Text("message"));
        Assert.Null(await forgotten.ReadAsync());
    }

    [Fact]
    public async Task A_version_of_the_future_is_gone_too_so_that_clients_list_again()
    {
        await using var cluster = await HttpCluster.StartAsync();

        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true&resourceVersion=99999");

        Assert.Equal(410, (await ErrorAsync(watch)).Status.Whole("code"));
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_is_ended_and_no_writer_waits_for_it()
    {
        await using var cluster = await HttpCluster.StartAsync(new ApiServerOptions { WatchQueueBound = 4 });
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("a"));
        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true");
        var large = new string('x', 100_000);

        for (var number = 0; number < 200; number++)
        {
            var patch = Cluster.Object(
                string.Create(CultureInfo.InvariantCulture, $"{{data: {{value: '{number}{large}'}}}}"));
            cluster.Objects.MergePatch("configmaps", "default", "a", patch);
        }

        var last = await watch.ReadAsync();
        while (last!.Text("type") is "ADDED" or "MODIFIED")
            last = await watch.ReadAsync();
        Assert.Equal("the watcher fell more than 4 changes behind", last!.Child("object")!.Text("message"));
    }

    [Fact]
    public async Task Tables_are_watched_row_by_row()
    {
        await using var cluster = await HttpCluster.StartAsync(
            new ApiServerOptions { TimeProvider = new FrozenClock() });
        cluster.Objects.Create("configmaps", "default", Cluster.ConfigMap("a"));
        cluster.Client.DefaultRequestHeaders.TryAddWithoutValidation(
            "Accept",
            "application/json;as=Table;v=v1;g=meta.k8s.io");

        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true");

        var table = (await watch.ReadAsync())!.Child("object")!;
        Assert.Equal("Table", table.Text("kind"));
        Assert.Equal("""["a",1,"0s"]""", table.Children("rows").Single()["cells"]!.ToJsonString());
    }

    [Fact]
    public async Task A_watch_list_is_refused_as_by_servers_without_it()
    {
        await using var cluster = await HttpCluster.StartAsync();

        var (code, body) = await cluster.GetAsync($"{HttpCluster.ConfigMaps}?watch=true&sendInitialEvents=true");

        Assert.Equal(422, code);
        Assert.Contains("sendInitialEvents is forbidden", body.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_the_server_ends_its_watches()
    {
        var cluster = await HttpCluster.StartAsync();
        using var watch = await cluster.WatchAsync($"{HttpCluster.ConfigMaps}?watch=true");

        var stopping = cluster.DisposeAsync().AsTask();

        await stopping.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private static async Task<(string? Type, System.Text.Json.Nodes.JsonObject Status)> ErrorAsync(WatchLines watch)
    {
        var line = (await watch.ReadAsync())!;
        return (line.Text("type"), line.Child("object")!);
    }

    private static void Label(HttpCluster cluster, string labels) =>
        cluster.Objects.MergePatch("configmaps", "default", "a", Cluster.Object($"metadata:\n  labels:\n    {labels}"));

    private static System.Text.Json.Nodes.JsonObject Service() =>
        Cluster.Object("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80}]}}");
}

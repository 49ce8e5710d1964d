using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer;

public sealed class ClusterObjectsTests
{
    private const string Rollouts = "rollouts.argoproj.io";

    private readonly ClusterObjects _objects = Cluster.New().Objects;

    [Fact]
    public void A_created_object_has_uid_generation_time_and_resource_version()
    {
        var created = _objects.Create(Rollouts, "default", Cluster.Rollout("sample"));

        Assert.Equal("default", created.Metadata.Text("namespace"));
        Assert.Equal(1, created.Metadata.Whole("generation"));
        Assert.True(Guid.TryParse(created.Metadata.Text("uid"), out _));
        Assert.Matches("^[0-9]+$", created.Metadata.Text("resourceVersion"));
        Assert.Matches("^20..-..-..T..:..:..Z$", created.Metadata.Text("creationTimestamp"));
        Assert.True(JsonNode.DeepEquals(created, _objects.Get(Rollouts, "default", "sample")));
    }

    [Fact]
    public void Only_a_changed_spec_raises_the_generation_of_a_kind_with_a_status_subresource()
    {
        _objects.Create(Rollouts, "default", Cluster.Rollout("sample"));

        var labelled = Patch("{metadata: {labels: {a: b}}}");
        var status = _objects.MergePatch(
            Rollouts,
            "default",
            "sample",
            Cluster.Object("{status: {phase: Paused}}"),
            "status");
        var scaled = Patch("{spec: {replicas: 5}}");

        Assert.Equal(1, labelled.Metadata.Whole("generation"));
        Assert.Equal(1, status.Metadata.Whole("generation"));
        Assert.Equal(2, scaled.Metadata.Whole("generation"));
    }

    [Fact]
    public void Status_is_written_only_through_its_subresource_where_there_is_one()
    {
        var rollout = Cluster.Rollout("sample");
        rollout["status"] = new JsonObject { ["phase"] = "Healthy" };
        Assert.Null(_objects.Create(Rollouts, "default", rollout)["status"]);

        Assert.Null(Patch("{status: {phase: Healthy}}")["status"]);
        var both = _objects.MergePatch(
            Rollouts,
            "default",
            "sample",
            Cluster.Object("{spec: {replicas: 9}, status: {phase: Healthy}}"),
            "status");
        Assert.Equal("Healthy", both.Child("status")!.Text("phase"));
        Assert.Equal(4, both.Child("spec")!.Whole("replicas"));
    }

    [Fact]
    public void An_analysis_run_takes_its_status_on_itself_and_counts_it_as_a_generation()
    {
        var run = Cluster.Object(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisRun
            metadata: {name: run}
            spec: {metrics: [{name: canary, provider: {plugin: {rollouts-companion.io/canary: {preset: fast}}}}]}
            status: {phase: Running}
            """);
        _objects.Create("analysisruns.argoproj.io", "default", run);

        var patched = _objects.MergePatch(
            "analysisruns.argoproj.io",
            "default",
            "run",
            Cluster.Object("{status: {phase: Failed}}"));

        Assert.Equal("Failed", patched.Child("status")!.Text("phase"));
        Assert.Equal(2, patched.Metadata.Whole("generation"));
        var refused = Assert.Throws<ApiException>(() =>
            _objects.MergePatch(
                "analysisruns.argoproj.io",
                "default",
                "run",
                Cluster.Object("{status: {phase: Failed}}"),
                "status"));
        Assert.Equal(404, refused.Status.Code);
    }

    [Fact]
    public void A_patch_that_changes_nothing_makes_no_new_version()
    {
        var created = _objects.Create(Rollouts, "default", Cluster.Rollout("sample"));

        var patched = Patch("{spec: {replicas: 4}}");

        Assert.Equal(created.Metadata.Text("resourceVersion"), patched.Metadata.Text("resourceVersion"));
    }

    [Fact]
    public void A_stale_resource_version_is_a_conflict_for_update_and_for_patch()
    {
        var old = _objects.Create("configmaps", "default", Cluster.ConfigMap("a"));
        _objects.MergePatch("configmaps", "default", "a", Cluster.Object("""{data: {value: "2"}}"""));

        var update = Assert.Throws<ApiException>(() => _objects.Update("configmaps", "default", "a", old));
        var patch = Assert.Throws<ApiException>(() => _objects.MergePatch("configmaps", "default", "a", old));

        Assert.Equal(409, update.Status.Code);
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
                + "please apply your changes to the latest version and try again",
            update.Message);
        Assert.Equal(update.Message, patch.Message);
    }

    [Fact]
    public void A_generated_name_starts_with_its_prefix_and_two_differ()
    {
        var first = _objects.Create("configmaps", "default", Generated());
        var second = _objects.Create("configmaps", "default", Generated());

        Assert.Matches("^note-[bcdfghjklmnpqrstvwxz2456789]{5}$", first.Metadata.Text("name"));
        Assert.NotEqual(first.Metadata.Text("name"), second.Metadata.Text("name"));
    }

    [Fact]
    public void Refusals_name_what_is_wrong()
    {
        _objects.Create("configmaps", "default", Cluster.ConfigMap("a"));

        Assert.Equal(
            "configmaps \"a\" already exists",
            Refused(() => _objects.Create("configmaps", "default", Cluster.ConfigMap("a"))));
        Assert.Equal(
            "namespaces \"nowhere\" not found",
            Refused(() => _objects.Create("configmaps", "nowhere", Cluster.ConfigMap("a"))));
        Assert.Equal("pods \"a\" not found", Refused(() => _objects.Delete("pods", "default", "a")));
        Assert.Equal(
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: "
                + "strict decoding error: unknown field \"datas\"",
            Refused(() => _objects.MergePatch("configmaps", "default", "a", Cluster.Object("{datas: {}}"))));
        Assert.Equal(
            "Rollout.argoproj.io \"x\" is invalid: spec.replicas: Invalid value: \"string\": "
                + "spec.replicas in body must be of type integer: \"four\"",
            Refused(() =>
                _objects.Create(
                    Rollouts,
                    "default",
                    Cluster.Object(
                        "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: x}, spec: {replicas: four}}"
                    ))));
    }

    [Fact]
    public async Task A_watch_tells_what_exists_and_then_every_change()
    {
        _objects.Create("configmaps", "default", Cluster.ConfigMap("a"));
        await using var watch = _objects
            .WatchAsync("configmaps", TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.Equal((ClusterEventType.Added, "a", "1"), await Next(watch));
        _objects.MergePatch("configmaps", "default", "a", Cluster.Object("""{data: {value: "2"}}"""));
        _objects.Delete("configmaps", "default", "a");
        Assert.Equal((ClusterEventType.Modified, "a", "2"), await Next(watch));
        Assert.Equal((ClusterEventType.Deleted, "a", "2"), await Next(watch));
    }

    [Fact]
    public async Task A_watcher_that_fell_behind_learns_the_difference()
    {
        var objects = Cluster.New(new ClusterStateOptions { WatchQueueBound = 2 }).Objects;
        objects.Create("configmaps", "default", Cluster.ConfigMap("a"));
        objects.Create("configmaps", "default", Cluster.ConfigMap("b"));
        await using var watch = objects
            .WatchAsync("configmaps", TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await Next(watch);
        await Next(watch);

        for (var value = 2; value <= 9; value++)
            objects.MergePatch("configmaps", "default", "a", Cluster.Object($$"""{ data: {value: "{{value}}" } }"""));
        objects.Delete("configmaps", "default", "b");

        Assert.Equal((ClusterEventType.Modified, "a", "2"), await Next(watch));
        Assert.Equal((ClusterEventType.Modified, "a", "3"), await Next(watch));
        Assert.Equal((ClusterEventType.Deleted, "b", "1"), await Next(watch));
        Assert.Equal((ClusterEventType.Modified, "a", "9"), await Next(watch));
    }

    private static async Task<(ClusterEventType Type, string? Name, string? Value)> Next(
        IAsyncEnumerator<ClusterEvent> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        var found = watch.Current.Object;
        return (watch.Current.Type, found.Metadata.Text("name"), found.Child("data")?.Text("value"));
    }

    private static JsonObject Generated() =>
        Cluster.Object("{apiVersion: v1, kind: ConfigMap, metadata: {generateName: note-}}");

    private static string Refused(Action action) => Assert.Throws<ApiException>(action).Message;

    private JsonObject Patch(string yaml) => _objects.MergePatch(Rollouts, "default", "sample", Cluster.Object(yaml));
}

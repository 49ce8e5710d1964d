using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Requests;

namespace Rollouts.LocalCluster.Tests.ApiServer.Rules;

public sealed class GarbageCollectionTests
{
    private const string Rollouts = "rollouts.argoproj.io";

    private readonly ClusterState _state = Cluster.New();

    private ClusterObjects Objects => _state.Objects;

    [Fact]
    public void What_an_object_owns_goes_with_it_through_all_generations()
    {
        var owner = Objects.Create(Rollouts, "default", Cluster.Rollout("sample"));
        var child = Objects.Create("pods", "default", Cluster.OwnedPod("child", owner));
        Objects.Create("pods", "default", Cluster.OwnedPod("grandchild", child));

        Objects.Delete(Rollouts, "default", "sample");

        Assert.Empty(Objects.List("pods"));
    }

    [Fact]
    public void What_has_another_owner_left_stays_and_forgets_the_one_that_went()
    {
        var first = Objects.Create(Rollouts, "default", Cluster.Rollout("first"));
        var second = Objects.Create(Rollouts, "default", Cluster.Rollout("second"));
        var pod = Cluster.OwnedPod("shared", first);
        pod.Metadata["ownerReferences"]!
            .AsArray()
            .Add(Cluster.OwnedPod("x", second).Metadata["ownerReferences"]![0]!.DeepClone());
        Objects.Create("pods", "default", pod);

        Objects.Delete(Rollouts, "default", "first");
        var kept = Assert.Single(Objects.List("pods"));
        Assert.Equal(second.Metadata.Text("uid"), Assert.Single(kept.Metadata.Children("ownerReferences")).Text("uid"));

        Objects.Delete(Rollouts, "default", "second");
        Assert.Empty(Objects.List("pods"));
    }

    [Fact]
    public void What_is_created_after_its_owner_went_goes_at_once()
    {
        var owner = Objects.Create(Rollouts, "default", Cluster.Rollout("sample"));
        Objects.Delete(Rollouts, "default", "sample");

        Objects.Create("pods", "default", Cluster.OwnedPod("late", owner));

        Assert.Empty(Objects.List("pods"));
    }

    [Fact]
    public void An_owner_of_a_kind_that_is_not_served_is_taken_as_alive()
    {
        var stranger = Cluster.Object("{apiVersion: batch/v1, kind: Job, metadata: {name: j, uid: j-1}}");

        Objects.Create("pods", "default", Cluster.OwnedPod("kept", stranger));

        Assert.Single(Objects.List("pods"));
    }

    [Fact]
    public void A_finalizer_keeps_the_object_until_it_is_taken_away()
    {
        var rollout = Cluster.Rollout("sample");
        rollout.Metadata["finalizers"] = new JsonArray("example.io/keep");
        Objects.Create(Rollouts, "default", rollout);

        Objects.Delete(Rollouts, "default", "sample");
        Assert.True(Objects.Get(Rollouts, "default", "sample")!.Metadata.ContainsKey("deletionTimestamp"));
        var refused = Assert.Throws<ApiException>(() =>
            Objects.MergePatch(
                Rollouts,
                "default",
                "sample",
                Cluster.Object("{metadata: {finalizers: [example.io/keep, example.io/more]}}")));
        Assert.Contains("no new finalizers can be added", refused.Message, StringComparison.Ordinal);

        Objects.MergePatch(Rollouts, "default", "sample", Cluster.Object("{metadata: {finalizers: null}}"));
        Assert.Null(Objects.Get(Rollouts, "default", "sample"));
    }

    [Fact]
    public void A_foreground_deletion_waits_for_dependents_that_block_it()
    {
        var owner = Objects.Create(Rollouts, "default", Cluster.Rollout("sample"));
        var pod = Cluster.OwnedPod("held", owner, blocks: true);
        pod.Metadata["finalizers"] = new JsonArray("example.io/keep");
        Objects.Create("pods", "default", pod);

        _state.Removal.Delete(
            _state.Catalog.Find(Rollouts)!,
            "default",
            "sample",
            new DeleteOptions { Propagation = Propagation.Foreground });
        var waiting = Objects.Get(Rollouts, "default", "sample")!.Metadata;
        Assert.Equal("""["foregroundDeletion"]""", waiting["finalizers"]!.ToJsonString());

        Objects.MergePatch("pods", "default", "held", Cluster.Object("{metadata: {finalizers: []}}"));
        Assert.Empty(Objects.List("pods"));
        Assert.Null(Objects.Get(Rollouts, "default", "sample"));
    }

    [Fact]
    public void The_oldest_event_goes_when_there_are_too_many()
    {
        for (var number = 0; number <= ObjectRemoval.EventLimit; number++)
        {
            Objects.Create(
                "events",
                "default",
                Cluster.Object(
                    $"{{apiVersion: v1, kind: Event, metadata: {{name: e{number} }}, involvedObject: {{}} }}"));
        }

        Assert.Equal(ObjectRemoval.EventLimit, Objects.List("events").Count);
        Assert.Null(Objects.Get("events", "default", "e0"));
        Assert.NotNull(Objects.Get("events", "default", "e1"));
    }

    [Fact]
    public void A_namespace_that_waits_for_a_finalizer_takes_nothing_new()
    {
        Objects.Create("namespaces", "", Cluster.Object("{apiVersion: v1, kind: Namespace, metadata: {name: team}}"));
        var held = Cluster.ConfigMap("held");
        held.Metadata["finalizers"] = new JsonArray("example.io/keep");
        Objects.Create("configmaps", "team", held);
        Objects.Create("configmaps", "team", Cluster.ConfigMap("free"));

        Objects.Delete("namespaces", "", "team");
        Assert.Equal("Terminating", Objects.Get("namespaces", "", "team")!.Child("status")!.Text("phase"));
        Assert.Single(Objects.List("configmaps", "team"));
        Assert.Equal(
            403,
            Assert
                .Throws<ApiException>(() => Objects.Create("configmaps", "team", Cluster.ConfigMap("new")))
                .Status.Code);

        Objects.MergePatch("configmaps", "team", "held", Cluster.Object("{metadata: {finalizers: null}}"));
        Assert.Null(Objects.Get("namespaces", "", "team"));
    }
}

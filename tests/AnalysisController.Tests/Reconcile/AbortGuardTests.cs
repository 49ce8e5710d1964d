using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// An abort is unconditional once Argo sees it: what must hold of the Rollout before direct mode begins, and before it
/// acts.
/// </summary>
public sealed class AbortGuardTests : IDisposable
{
    private readonly World _world = new();

    internal ClusterServer Server => _world.Server;

    private JsonObject Rollout => Server.Rollouts[0];

    private string? Action => (string?)Server.Runs[0]["metadata"]!["annotations"]!["rollouts-companion.io/action"];

    private string? Message => (string?)Server.Runs[0]["status"]!["message"];

    [Fact]
    public async Task A_Rollout_that_moved_on_meanwhile_is_not_aborted_for_the_version_before()
    {
        _world.PutUnderPolicy();
        _world.CanaryErrorRatio = 0.2;
        Server.Refuse = request =>
        {
            // The next revision appears at the very moment at which we want to record the intent.
            Server.Write(Rollout, Parse("""{"status":{"currentPodHash":"newer"}}"""));
            return null;
        };

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.DoesNotContain(Server.Patches, patch => (bool?)patch["status"]?["abort"] == true);
        Assert.Equal("Superseded", Action);
    }

    [Fact]
    public async Task An_abort_that_a_full_promotion_would_swallow_is_neither_sent_nor_claimed()
    {
        _world.PutUnderPolicy();
        _world.CanaryErrorRatio = 0.2;
        await _world.RunAsync(TimeSpan.FromSeconds(4));
        Server.Write(Rollout, Parse("""{"status":{"promoteFull":true}}"""));
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.DoesNotContain(Server.Patches, patch => (bool?)patch["status"]?["abort"] == true);
        Assert.Equal("Superseded", Action);
        Assert.EndsWith("promoting the Rollout in full", Message, StringComparison.Ordinal);
        Assert.Single(Server.Runs);
    }

    [Fact]
    public async Task No_report_run_begins_while_the_Rollout_is_promoted_in_full()
    {
        Server.Write(Rollout, Parse("""{"status":{"promoteFull":true}}"""));
        _world.PutUnderPolicy();

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Server.Runs);
    }

    [Fact]
    public async Task The_first_deployment_has_no_stable_version_and_no_report_run()
    {
        Server.Write(Rollout, Parse("""{"status":{"stableRS":""}}"""));
        _world.PutUnderPolicy();

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Server.Runs);
    }

    public void Dispose() => _world.Dispose();

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}

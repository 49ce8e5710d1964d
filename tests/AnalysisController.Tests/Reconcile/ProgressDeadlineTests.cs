using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>A Rollout that Argo calls Degraded because its update shows no progress.</summary>
public sealed class ProgressDeadlineTests : IDisposable
{
    private readonly World _world = new();

    internal ClusterServer Server => _world.Server;

    private JsonObject Rollout => Server.Rollouts[0];

    private string? Action => (string?)Server.Runs[0]["metadata"]!["annotations"]!["rollouts-companion.io/action"];

    private string? Message => (string?)Server.Runs[0]["status"]!["message"];

    [Fact]
    public async Task An_update_that_Argo_aborts_at_its_progress_deadline_ends_the_report_run_and_is_left_alone()
    {
        _world.PutUnderPolicy();
        await _world.RunAsync(TimeSpan.FromSeconds(4));
        Server.Write(
            Rollout,
            Parse(
                """
                {"status":{"abort":true,"phase":"Degraded","conditions":[{"type":"Progressing","status":"False",
                 "reason":"RolloutAborted","message":"Rollout aborted update to revision 7"}]} }
                """
            )
        );
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.DoesNotContain(Server.Patches, patch => (bool?)patch["status"]?["abort"] == true);
        Assert.Equal(("Ended", "Inconclusive"), (Action, (string?)Server.Runs[0]["status"]!["phase"]));
        Assert.StartsWith(
            "UpdateEnded: the Rollout was aborted by somebody else", Message, StringComparison.Ordinal);
        Assert.Single(Server.Runs);
    }

    [Fact]
    public async Task A_Rollout_that_is_Degraded_for_want_of_progress_is_judged_on()
    {
        _world.PutUnderPolicy();
        _world.CanaryErrorRatio = 0.2;
        await _world.RunAsync(TimeSpan.FromSeconds(4));
        Server.Write(
            Rollout,
            Parse(
                """
                {"status":{"phase":"Degraded","conditions":[{"type":"Progressing","status":"False",
                 "reason":"ProgressDeadlineExceeded","message":"ReplicaSet \"sample-new\" has timed out progressing."}]} }
                """
            )
        );
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("Aborted", Action);
    }

    public void Dispose() => _world.Dispose();

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}

using System.Net;
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
        Policy();
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
        Policy();
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
    public async Task A_Rollout_without_a_status_subresource_is_not_aborted_and_told_of_with_the_cause_once()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;
        Server.Refuse = RefuseStatus(HttpStatusCode.NotFound);
        _world.RetriesAll = true;

        await _world.RunAsync(TimeSpan.FromSeconds(200));

        Assert.DoesNotContain(Server.Patches, patch => (bool?)patch["status"]?["abort"] == true);
        // One for the intent, one for the refusal: more would wake the Rollout for ever.
        Assert.Equal(2, Server.Patches.Count(patch => IsIntent(patch)));
        Assert.Equal(("AbortIntended", "Running"), (Action, (string?)Server.Runs[0]["status"]!["phase"]));
        Assert.StartsWith("WorseThanStable", Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "; Rollout sample was not aborted: the CustomResourceDefinition rollouts.argoproj.io has no subresource "
                + "status, as very old releases of Argo Rollouts had none: upgrade it, or run "
                + "kubectl argo rollouts abort sample -n default",
            Message,
            StringComparison.Ordinal
        );
        var told = await _world.Events.ReadAsync();
        Assert.Equal(
            ["Warning AnalysisRun", "Warning Rollout"],
            told.Where(what => what.Reason == "CanaryActionRefused")
                .Select(what => $"{what.Type} {what.Message.Split(' ')[0]}")
                .Order()
        );
    }

    [Fact]
    public async Task An_abort_that_is_forbidden_is_told_of_with_the_servers_answer_and_done_once_it_is_allowed()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;
        Server.Refuse = RefuseStatus(HttpStatusCode.Forbidden);
        _world.RetriesAll = true;
        await _world.RunAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("; Rollout sample was not aborted: PATCH ", Message, StringComparison.Ordinal);
        Assert.Contains("403 Forbidden", Message, StringComparison.Ordinal);

        Server.Refuse = null;
        await _world.RunAsync(TimeSpan.FromSeconds(120));

        Assert.Equal("Aborted", Action);
        Assert.EndsWith("; the Rollout was aborted", Message, StringComparison.Ordinal);
        Assert.DoesNotContain("was not aborted", Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_that_Argo_aborts_at_its_progress_deadline_ends_the_report_run_and_is_left_alone()
    {
        Policy();
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
        Policy();
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

    [Fact]
    public async Task No_report_run_begins_while_the_Rollout_is_promoted_in_full()
    {
        Server.Write(Rollout, Parse("""{"status":{"promoteFull":true}}"""));
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Server.Runs);
    }

    [Fact]
    public async Task The_first_deployment_has_no_stable_version_and_no_report_run()
    {
        Server.Write(Rollout, Parse("""{"status":{"stableRS":""}}"""));
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Server.Runs);
    }

    public void Dispose() => _world.Dispose();

    private static bool IsIntent(JsonObject patch) =>
        (string?)patch["metadata"]?["annotations"]?["rollouts-companion.io/action"] == "AbortIntended";

    private static Func<HttpRequestMessage, HttpStatusCode?> RefuseStatus(HttpStatusCode answer) =>
        request =>
            request.RequestUri!.AbsolutePath.EndsWith("/rollouts/sample/status", StringComparison.Ordinal)
                ? answer
                : null;

    private void Policy()
    {
        Server.Add(
            Server.Policies,
            Parse(
                """
                {"metadata": {"name": "sample", "namespace": "default", "uid": "uid-sample", "generation": 1,
                 "creationTimestamp": "2025-12-31T00:00:00Z"},
                 "spec": {"rolloutRef": {"name": "sample"}, "mode": "Enforce", "analysis": {"preset": "fast"} } }
                """
            )
        );
        _world.Watch();
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}

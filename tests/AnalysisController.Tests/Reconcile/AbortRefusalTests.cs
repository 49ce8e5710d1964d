using System.Net;
using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>What direct mode says when the API server does not let it act.</summary>
public sealed class AbortRefusalTests : IDisposable
{
    private readonly World _world = new();

    internal ClusterServer Server => _world.Server;

    private string? Action => (string?)Server.Runs[0]["metadata"]!["annotations"]!["rollouts-companion.io/action"];

    private string? Message => (string?)Server.Runs[0]["status"]!["message"];

    [Fact]
    public async Task A_Rollout_without_a_status_subresource_is_not_aborted_and_told_of_with_the_cause_once()
    {
        _world.PutUnderPolicy();
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
        _world.PutUnderPolicy();
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

    public void Dispose() => _world.Dispose();

    private static bool IsIntent(JsonObject patch) =>
        (string?)patch["metadata"]?["annotations"]?["rollouts-companion.io/action"] == "AbortIntended";

    private static Func<HttpRequestMessage, HttpStatusCode?> RefuseStatus(HttpStatusCode answer) =>
        request =>
            request.RequestUri!.AbsolutePath.EndsWith("/rollouts/sample/status", StringComparison.Ordinal)
                ? answer
                : null;
}

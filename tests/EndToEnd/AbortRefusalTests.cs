namespace Rollouts.EndToEnd;

/// <summary>A verdict that the API server does not let act.</summary>
[Trait("Requires", "kubectl")]
public sealed class AbortRefusalTests
{
    [Fact]
    public async Task Where_Rollouts_have_no_status_subresource_the_bad_canary_stays_and_everybody_hears_why()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 34, prepare: host => host.PutUnderPolicy());
        cluster.Host.ReleaseUnderOwnStrategy("bad-errors");
        await cluster.UntilRunAsync("a run", _ => true);

        await cluster.KubectlAsync(
            "patch", "crd", "rollouts.argoproj.io", "--type=json",
            "-p", """[{"op": "remove", "path": "/spec/versions/0/subresources/status"}]""");
        var run = await cluster.UntilRunAsync("the refusal is told", run =>
            ((string?)run["status"]?["message"])?.Contains("was not aborted", StringComparison.Ordinal) == true);

        Assert.EndsWith(
            "Rollout sample was not aborted: the CustomResourceDefinition rollouts.argoproj.io has no subresource "
                + "status, as very old releases of Argo Rollouts had none: upgrade it, or run kubectl argo rollouts "
                + "abort sample -n default",
            (string?)run["status"]!["message"],
            StringComparison.Ordinal);
        Assert.Matches("CanaryActionRefused", await cluster.KubectlAsync("describe", "rollout", "sample"));
        Assert.Matches("CanaryActionRefused", await cluster.KubectlAsync("describe", "cpol", "sample"));
        // What was written woke the Rollout for another attempt, and then it rested.
        var log = await File.ReadAllTextAsync(cluster.Host.ControllerLogPath, TestContext.Current.CancellationToken);
        Assert.InRange(log.Split("sample/status: 404").Length - 1, 1, 10);
    }
}

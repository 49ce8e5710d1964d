namespace Rollouts.EndToEnd;

/// <summary>Every scenario of the demo, played by the built programs, pods and kubectl included.</summary>
[Trait("Requires", "kubectl")]
public sealed class DemoTests
{
    [Theory]
    [InlineData("good", "good: Successful, Promoted", "promoted: the new version is stable")]
    [InlineData("bad-errors", "bad-errors: Failed, RolledBack", "WorseThanStable: errors")]
    [InlineData("slow", "slow: Failed, RolledBack", "WorseThanStable: lat")]
    [InlineData("crashloop", "crashloop: Failed, RolledBack", "CrashLoop")]
    [InlineData("no-traffic", "no-traffic: Inconclusive, Paused", "paused: a person must decide")]
    [InlineData("blue-green-bad", "blue-green-bad: Failed, RolledBack", "LimitBreached: errors")]
    [InlineData("blue-green-good", "blue-green-good: Successful, Promoted", "LimitsMet")]
    [InlineData("blue-green-no-limits", "blue-green-no-limits: Inconclusive, Paused", "NoComparableTraffic")]
    public async Task A_scenario_ends_as_it_must_and_says_why(string scenario, string ending, string said)
    {
        var demo = await BuiltProgram.LocalClusterAsync("demo", "--scenario", scenario, "--seed", "7");

        Assert.True(demo.ExitCode == 0, $"exit code {demo.ExitCode}\n{demo.Output}\n{demo.Error}");
        Assert.Contains(ending, demo.Output, StringComparison.Ordinal);
        Assert.Contains(said, demo.Output, StringComparison.Ordinal);
        Assert.Contains("$ kubectl get analysisruns", demo.Output, StringComparison.Ordinal);
    }
}

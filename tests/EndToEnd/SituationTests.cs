namespace Rollouts.EndToEnd;

/// <summary>Strategies under which there is little or nothing to compare, on real pods and under traffic.</summary>
public sealed class SituationTests(SituationGround ground, ITestOutputHelper output) : IClassFixture<SituationGround>
{
    [Theory]
    [InlineData("all-weight-bad", "Failed", "LimitBreached: errors")]
    [InlineData("all-weight-no-limits", "Inconclusive", "NoComparableTraffic")]
    [InlineData("preview-idle", "Inconclusive", "NoComparableTraffic")]
    [InlineData("preview-crashes", "Failed", "CrashLoop")]
    [InlineData("one-in-place", "Inconclusive", "NoComparableTraffic")]
    [InlineData("stable-shrinks", "Successful", "WithinMargins")]
    public async Task A_run_ends_as_the_docs_say_of_its_strategy(string drill, string phase, string reason)
    {
        var run = await ground.EndOfAsync(drill);

        var said = DrillGround.WhatIsSaidOf(run);
        output.WriteLine($"{run["status"]!["phase"]}: {said}");
        Assert.True(phase == (string?)run["status"]!["phase"], $"{run["status"]!["phase"]}: {said}");
        Assert.StartsWith(reason, said, StringComparison.Ordinal);
    }
}

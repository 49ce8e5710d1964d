using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Observation;

/// <summary>What rounds say about the pods themselves.</summary>
public sealed class TroubleRules
{
    [Theory]
    [InlineData("ConnectionRefused", 1)]
    [InlineData("ConnectionReset", 1)]
    [InlineData("Timeout", 1)]
    [InlineData("ConnectTimeout", 1)]
    [InlineData("HostUnreachable", 1)]
    [InlineData("NetworkUnreachable", 1)]
    [InlineData("BodyTooLarge", 0)]
    [InlineData("Malformed", 0)]
    public void Pod_of_which_nobody_answered_is_unreachable(string reason, int unreachable)
    {
        var rollout = Started();
        rollout.Canary[0].Instead = new MetricsScrape.Failed(reason, "why");
        var canary = rollout.Scrape().Troubles.Canary;
        Assert.Equal(
            (2, 2, 1, unreachable, 0, $"c0: {reason}: why"),
            (canary.Pods, canary.Asked, canary.Usable, canary.Unreachable, canary.Unknown, canary.Failure));
        Assert.Equal((1, 1, 0, ""), (rollout.State.Troubles.Stable.Pods, rollout.State.Troubles.Stable.Usable,
            rollout.State.Troubles.Stable.Unreachable, rollout.State.Troubles.Stable.Failure));
    }

    [Theory]
    [InlineData(5, 59, 59)]
    [InlineData(5, 60, 5)]
    [InlineData(60, 119, 119)]
    [InlineData(60, 120, 60)]
    public void Gap_between_two_rounds_is_silence_only_as_long_as_the_judge_was_there(
        int scrapeSeconds, int gapSeconds, int silentSeconds)
    {
        var spec = new AnalysisSpec { ScrapeInterval = TimeSpan.FromSeconds(scrapeSeconds) };
        var rollout = Started(spec);
        rollout.Stable[0].Instead = new MetricsScrape.Failed("Timeout", "");
        rollout.Now += TimeSpan.FromSeconds(gapSeconds);
        Assert.Equal(TimeSpan.FromSeconds(silentSeconds), rollout.Scrape().Troubles.Stable.SilentFor);
        rollout.Now += TimeSpan.FromSeconds(3);
        Assert.Equal(TimeSpan.FromSeconds(silentSeconds + 3), rollout.Scrape().Troubles.Stable.SilentFor);
        Assert.Equal(default, rollout.State.Troubles.Canary.SilentFor);
        rollout.Stable[0].Instead = null;
        rollout.Now += TimeSpan.FromSeconds(3);
        Assert.Equal(default, rollout.Scrape().Troubles.Stable.SilentFor);
    }

    [Fact]
    public void Second_kill_for_memory_is_excused_while_a_stable_pod_was_killed_lately()
    {
        var rollout = Started();
        rollout.Stable[0].OutOfMemoryKills = 1;
        rollout.Stable[0].RestartCount = 1;
        rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy);
        var killedAt = rollout.Now;
        rollout.Canary[1].OutOfMemoryKills = 2;
        rollout.Canary[1].RestartCount = 2;
        Assert.NotEqual(Decision.Abort, rollout.Run(TimeSpan.FromSeconds(590), FakeRollout.Healthy).Verdict.Decision);
        Assert.Equal(killedAt, rollout.State.Troubles.StableKilledAt);
        Assert.Equal("c1", rollout.State.Troubles.CanaryKilledTwice);
        Assert.Equal(
            "OutOfMemory: canary pod c1 was killed for memory (OOMKilled) twice; no stable pod was in the last 10 min",
            rollout.Run(TimeSpan.FromSeconds(10), FakeRollout.Healthy).Verdict.Message);
    }

    [Fact]
    public void Pod_that_served_before_the_analysis_is_known_to_have_served()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 1, 1);
        rollout.Stable[0].Serve(5);
        rollout.Canary[0].Serve(0);
        var troubles = rollout.Scrape().Troubles;
        Assert.Equal((true, false), (troubles.Stable.HasServed, troubles.Canary.HasServed));
        Assert.True(rollout.Run(TimeSpan.FromSeconds(5), _ => { }).Troubles.Stable.HasServed);
    }

    [Fact]
    public void Pod_without_a_known_metric_is_usable_only_as_long_as_its_peers_vouch_for_it()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 1, 1);
        rollout.Stable[0].Serve(5);
        rollout.Scrape();
        Assert.Equal((1, 0), (rollout.State.Troubles.Canary.Usable, rollout.State.Troubles.Canary.Unknown));
        rollout.Canary[0].Serve(5);
        rollout.Run(TimeSpan.FromSeconds(5), _ => { });
        rollout.Canary[0].Instead = new MetricsScrape.Answered([FakePod.Other]);
        rollout.Run(TimeSpan.FromSeconds(5), _ => { });
        Assert.Equal((0, 1), (rollout.State.Troubles.Canary.Usable, rollout.State.Troubles.Canary.Unknown));
        Assert.NotNull(rollout.State.Troubles.Canary.Profile);
        Assert.False(rollout.State.Troubles.ProfilesDiffer);
    }

    [Fact]
    public void Canary_is_first_seen_with_its_first_pod_and_ready_once_any_was()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 0, 1);
        rollout.Scrape();
        Assert.Null(rollout.State.Troubles.CanaryFirstSeenAt);
        Assert.False(rollout.State.Troubles.WasCanaryEverReady);
        rollout.Canary.Add(new FakePod("c0", Arm.Canary) { ReadyAt = null });
        rollout.Run(TimeSpan.FromSeconds(5), _ => { });
        var seenAt = rollout.Now;
        Assert.False(rollout.State.Troubles.WasCanaryEverReady);
        rollout.Canary[0].ReadyAt = rollout.Now;
        rollout.Run(TimeSpan.FromSeconds(5), _ => { });
        rollout.Canary[0].ReadyAt = null;
        rollout.Run(TimeSpan.FromSeconds(5), _ => { });
        Assert.Equal((seenAt, true, 4), (rollout.State.Troubles.CanaryFirstSeenAt,
            rollout.State.Troubles.WasCanaryEverReady, rollout.State.Troubles.Rounds));
    }

    private static FakeRollout Started(AnalysisSpec? spec = null)
    {
        var rollout = new FakeRollout(spec ?? new AnalysisSpec(), 2, 1);
        FakeRollout.Healthy(rollout);
        rollout.Scrape();
        return rollout;
    }
}

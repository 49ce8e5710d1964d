using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests;

/// <summary>Crash loops, kills for memory, pods that never come up.</summary>
public sealed class GuardrailRules
{
    private static readonly AnalysisSpec Spec = new();

    [Fact]
    public void Crash_loop_of_the_canary_aborts_unless_stable_crashes_too()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Canary[0].InCrashLoop = true;
        rollout.Stable[0].InCrashLoop = true;
        Assert.Equal(Decision.Continue, rollout.Scrape().Verdict.Decision);
        rollout.Stable[0].InCrashLoop = false;
        rollout.Now += TimeSpan.FromMinutes(9);
        Assert.Equal(Decision.Continue, rollout.Scrape().Verdict.Decision);
        rollout.Now += TimeSpan.FromMinutes(1);
        var verdict = rollout.Scrape().Verdict;
        Assert.Equal((Decision.Abort, VerdictReason.CrashLoop), (verdict.Decision, verdict.Reason));
        Assert.Equal(
            "CrashLoop: canary pod c0 is in CrashLoopBackOff; no stable pod was in the last 10 min", verdict.Message);
    }

    [Fact]
    public void Second_kill_for_memory_aborts_and_the_first_does_not()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Canary[0].OutOfMemoryKills = 1;
        rollout.Canary[0].RestartCount = 1;
        Assert.Equal(Decision.Continue, rollout.Run(TimeSpan.FromSeconds(20), _ => { }).Verdict.Decision);
        rollout.Canary[0].RestartCount = 2;
        var verdict = rollout.Run(TimeSpan.FromSeconds(5), _ => { }).Verdict;
        Assert.Equal((Decision.Abort, VerdictReason.OutOfMemory), (verdict.Decision, verdict.Reason));
    }

    [Fact]
    public void Canary_that_is_never_ready_is_aborted_after_ten_minutes_and_not_before()
    {
        var rollout = new FakeRollout(Spec, 1, 2);
        rollout.Canary[0].ReadyAt = null;
        rollout.Canary[0].Instead = new MetricsScrape.NotAsked();
        rollout.Scrape();
        Assert.Equal(Decision.Continue, rollout.Run(TimeSpan.FromSeconds(595), _ => { }).Verdict.Decision);
        var verdict = rollout.Run(TimeSpan.FromSeconds(5), _ => { }).Verdict;
        Assert.Equal((Decision.Abort, VerdictReason.NeverReady), (verdict.Decision, verdict.Reason));
    }
}

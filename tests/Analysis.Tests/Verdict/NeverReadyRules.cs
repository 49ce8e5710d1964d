using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

public sealed class NeverReadyRules
{
    [Fact]
    public void Never_ready_counts_from_the_run_or_from_the_first_canary_pod_whichever_is_later()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 0, 1);
        rollout.Run(TimeSpan.FromMinutes(3), FakeRollout.Healthy);
        rollout.Canary.Add(new FakePod("c0", Arm.Canary) { ReadyAt = null, Instead = new MetricsScrape.NotAsked() });
        Assert.Equal(Decision.Continue, rollout.Run(TimeSpan.FromMinutes(10), FakeRollout.Healthy).Verdict.Decision);
        Assert.Equal(
            VerdictReason.NeverReady, rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Reason);

        rollout.State = CanaryAnalysis.Start(new AnalysisSpec(), rollout.Now, rollout.State);
        Assert.Equal(
            Decision.Continue, rollout.Run(TimeSpan.FromSeconds(595), FakeRollout.Healthy).Verdict.Decision);
        Assert.Equal(
            "NeverReady: no canary pod was Ready within 10 min",
            rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Message);
    }
}

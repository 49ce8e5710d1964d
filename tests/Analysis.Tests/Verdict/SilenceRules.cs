using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Verdict;

public sealed class SilenceRules
{
    private static readonly MetricsScrape Refused = new MetricsScrape.Failed("ConnectionRefused", "10.0.0.7:8080");
    private static readonly MetricsScrape TooLarge = new MetricsScrape.Failed("BodyTooLarge", "more than 16 MiB");

    [Fact]
    public void One_arm_that_cannot_be_heard_is_named_with_its_last_failure()
    {
        var rollout = Started(2, 2);
        rollout.Stable.ForEach(pod => pod.Instead = TooLarge);
        Assert.Equal(
            "ScrapeFailed: no usable scrape of stable. Last: s1: BodyTooLarge: more than 16 MiB",
            rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Message);
        rollout.Canary.ForEach(pod => pod.Instead = TooLarge);
        Assert.StartsWith(
            "ScrapeFailed: no usable scrape of both arms. Last: c1:",
            rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Message, StringComparison.Ordinal);
        rollout.Stable.ForEach(pod => pod.Instead = null);
        Assert.StartsWith(
            "ScrapeFailed: no usable scrape of the canary.",
            rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_pod_of_an_arm_that_answers_is_enough()
    {
        var rollout = Started(2, 2);
        rollout.Canary[0].Instead = Refused;
        Assert.Equal(
            VerdictReason.Collecting, rollout.Run(TimeSpan.FromMinutes(4), FakeRollout.Healthy).Verdict.Reason);
    }

    [Fact]
    public void One_arm_that_refuses_is_a_failed_scrape_and_both_are_unreachable()
    {
        var rollout = Started(1, 1);
        rollout.Canary[0].Instead = Refused;
        Assert.Equal(
            VerdictReason.ScrapeFailed, rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Reason);
        rollout.Stable[0].Instead = Refused;
        Assert.Equal(
            "ScrapeUnreachable: every pod of both arms is unreachable; a NetworkPolicy or a service mesh may keep the "
            + "scraper out. Last: c0: ConnectionRefused: 10.0.0.7:8080",
            rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Message);
    }

    [Fact]
    public void Pods_that_are_not_asked_are_not_silent()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 1, 1);
        rollout.Canary.Concat(rollout.Stable).ToList().ForEach(pod => pod.Instead = new MetricsScrape.NotAsked());
        var verdict = rollout.Run(TimeSpan.FromSeconds(40), _ => { }).Verdict;
        Assert.Equal((Decision.Continue, VerdictReason.Collecting), (verdict.Decision, verdict.Reason));
    }

    [Fact]
    public void Arm_that_exports_nothing_known_is_named()
    {
        var rollout = Started(1, 1);
        rollout.Canary[0].Instead = new MetricsScrape.Answered([]);
        Assert.StartsWith(
            "NoMetrics: pods answer, but no request metric that is known is seen on the canary:",
            rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arms_of_different_frameworks_are_not_compared()
    {
        var rollout = Started(1, 1);
        rollout.Canary[0].Instead = new MetricsScrape.Answered(
        [
            new MetricFamily("http_server_requests_seconds", MetricType.Histogram, "",
            [
                new Sample("http_server_requests_seconds_count",
                    new Labels([new("status", "200"), new("uri", "/x"), new("outcome", "SUCCESS")]), 5),
            ]),
        ]);
        var verdict = rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict;
        Assert.Equal(VerdictReason.ProfileMismatch, verdict.Reason);
        Assert.Contains("their requests cannot be compared", verdict.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_minutes_of_silence_of_either_arm_end_a_run_without_a_deadline(bool ofCanary)
    {
        var rollout = Started(1, 1, new AnalysisSpec { Deadline = null });
        (ofCanary ? rollout.Canary : rollout.Stable)[0].Instead = TooLarge;
        Assert.Equal(
            Decision.Continue, rollout.Run(TimeSpan.FromSeconds(595), FakeRollout.Healthy).Verdict.Decision);
        var verdict = rollout.Run(TimeSpan.FromSeconds(5), FakeRollout.Healthy).Verdict;
        Assert.Equal((Decision.Inconclusive, VerdictReason.ScrapeFailed), (verdict.Decision, verdict.Reason));
    }

    private static FakeRollout Started(int canary, int stable, AnalysisSpec? spec = null)
    {
        var rollout = new FakeRollout(spec ?? new AnalysisSpec { Metrics = MetricSpec.Defaults }, canary, stable);
        FakeRollout.Healthy(rollout);
        rollout.Scrape();
        rollout.Run(TimeSpan.FromSeconds(20), FakeRollout.Healthy);
        return rollout;
    }
}

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

public sealed class NothingSeenRules
{
    private static readonly AnalysisSpec Spec = new()
    {
        Deadline = TimeSpan.FromSeconds(400),
        Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("lat_p90")!],
    };

    [Fact]
    public void Metrics_that_count_no_requests_need_no_traffic()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("health")!, MetricSpec.Named("restarts")!] };
        PodIncrease Pod(string name) =>
            new() { Pod = name, Health = new BadOfAll(0, 2), Restarts = new BadOfAll(0, 10) };
        Assert.Equal(Decision.Pass, Make.Judged(spec, 30, [Pod("c")], [Pod("s")]).Verdict.Decision);
    }

    [Fact]
    public void Canary_of_which_nothing_was_seen_never_passes()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("health")!, MetricSpec.Named("memory")!] };
        var stable = new PodIncrease { Pod = "s", Health = new BadOfAll(0, 2) };
        Assert.Equal(Decision.Continue, Make.Judged(spec, 39, [], [stable]).Verdict.Decision);
        Assert.Equal(
            Decision.Pass, Make.Judged(spec, 30, [Make.Gauge("c", "memory", 1)], [stable]).Verdict.Decision);
    }
}

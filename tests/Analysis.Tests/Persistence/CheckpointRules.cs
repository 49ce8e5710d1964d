using System.Collections.Immutable;

using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Persistence;

public sealed class CheckpointRules
{
    private static readonly AnalysisSpec Spec =
        new() { Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("memory")!] };

    [Fact]
    public void Interval_for_the_journal_comes_back()
    {
        var state = Make.Judged(Spec, 3, [Make.Requests("c", 10, 1)], [Make.Requests("s", 90, 2)]);
        var line = Restored(state).LatestInterval;
        Assert.Equal(
            IntervalLine.Write(state.LatestInterval!, state.Origin), IntervalLine.Write(line!, state.Origin));
        Assert.Null(Restored(CanaryAnalysis.Start(Spec, FakeRollout.Start)).LatestInterval);
    }

    [Fact]
    public void Troubles_of_pods_come_back()
    {
        var rollout = new FakeRollout(Spec, 2, 2) { ArmsShareTraffic = false };
        rollout.Canary[0].InCrashLoop = rollout.Stable[0].InCrashLoop = true;
        rollout.Canary[1].Instead = new MetricsScrape.Failed("Timeout", "no answer in 2 s");
        rollout.Scrape();
        var state = rollout.Run(TimeSpan.FromSeconds(20), FakeRollout.Healthy);
        Assert.Equal(state.Troubles, Restored(state).Troubles);
        Assert.Equal(state.Verdict.Message, Restored(state).Verdict.Message);
    }

    [Fact]
    public void Foreign_and_damaged_bytes_are_called_what_they_are()
    {
        Assert.Equal("these bytes are no checkpoint", ReasonOf([]));
        Assert.Equal("these bytes are no checkpoint", ReasonOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
        var bytes = Checkpoint.Write(CanaryAnalysis.Start(Spec, FakeRollout.Start)).Bytes;
        Assert.Equal("the checkpoint is damaged: its checksum does not fit", ReasonOf([.. bytes, 0]));
        Assert.Equal("the checkpoint is damaged: its checksum does not fit", ReasonOf([.. bytes[..10]]));
    }

    [Fact]
    public void Checkpoint_whose_content_does_not_fit_together_is_called_damaged()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        Assert.Equal(
            "the checkpoint is damaged: the checkpoint has another length than its content",
            ReasonOf([.. Checkpoint.Write(state with { LogWeights = [0] }).Bytes]));
        var other = CanaryAnalysis.Start(
            Spec with { Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("classes")!] }, FakeRollout.Start);
        Assert.StartsWith(
            "the checkpoint is damaged: ",
            ReasonOf([.. Checkpoint.Write(state with { Metrics = other.Metrics }).Bytes]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Margin_bound_without_its_deltas_is_called_damaged()
    {
        var state = Make.Judged(Spec, 3, [Make.Requests("c", 10, 1)], [Make.Requests("s", 90, 2)]);
        var errors = Assert.IsType<RatioState>(state.Metrics[0]);
        foreach (var bound in new[]
        {
            errors.Ratio.Bound with { Worse = [] }, errors.Ratio.Bound with { NotWorse = [] },
        })
        {
            var cut = errors with { Ratio = errors.Ratio with { Bound = bound } };
            Assert.Equal(
                "the checkpoint is damaged: a margin bound has the wrong number of deltas",
                ReasonOf([.. Checkpoint.Write(state with { Metrics = [cut, state.Metrics[1]] }).Bytes]));
        }
    }

    [Fact]
    public void Latency_boundary_comes_back()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("lat_p90")!] };
        PodIncrease[] canary = [Make.Buckets("c", 50, 90, 100)], stable = [Make.Buckets("s", 500, 920, 1000)];
        var state = Make.Judged(spec, 4, canary, stable);
        var boundary = Assert.IsType<LatencyState>(state.Metrics[0]).Boundary;
        Assert.NotNull(boundary);
        Assert.Equal(boundary, Assert.IsType<LatencyState>(Restored(state).Metrics[0]).Boundary);
        Assert.Null(Assert.IsType<LatencyState>(Restored(CanaryAnalysis.Start(spec, FakeRollout.Start)).Metrics[0])
            .Boundary);
    }

    [Fact]
    public void Gauges_and_classes_come_back()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("classes")!, MetricSpec.Named("memory")!] };
        var state = CanaryAnalysis.Start(spec, FakeRollout.Start);
        for (var i = 1; i <= 80; i++)
        {
            var interval = Make.Interval(
                10 * i,
                [Make.Classes("c", i, 5) with { Gauges = PodIncrease.EmptyGauges.Add("memory", 100 + (i * 40.5)) }],
                [.. Enumerable.Range(0, 6).Select(pod => Make.Classes($"s{pod}", 7, i) with
                {
                    Gauges = PodIncrease.EmptyGauges.Add("memory", 100 + (pod / 7.0)),
                })]) with { ClassNames = ["cat", "dog"] };
            state = CanaryAnalysis.Advance(state, interval);
        }

        var restored = Restored(state);
        Assert.True(Assert.IsType<GaugeState>(state.Metrics[1]).IsRaised);
        Assert.Equal(state.Metrics[1].IsGateOpen, restored.Metrics[1].IsGateOpen);
        var next = Make.Interval(
            810, [Make.Classes("c", 1, 9)], [Make.Classes("s0", 2, 3)]) with { ClassNames = ["dog", "owl"] };
        Assert.Equal(
            Checkpoint.Write(CanaryAnalysis.Advance(state, next)).Bytes,
            Checkpoint.Write(CanaryAnalysis.Advance(restored, next)).Bytes);
        Assert.Equal(["cat", "dog"], Assert.IsType<ClassState>(restored.Metrics[0]).Names);
    }

    [Fact]
    public void What_stable_pods_taught_comes_back_pod_by_pod()
    {
        var spec = Spec with { Metrics = [MetricSpec.Named("errors")!, MetricSpec.Named("classes")!] };
        PodIncrease Pod(string name, int errors) =>
            Make.Requests(name, 100, errors) with { Classes = Make.Numbers(90 - errors, 10 + errors) };
        var state = Make.Judged(spec, 9, [Pod("c", 1)], [Pod("a", 1), Pod("b", 3), Pod("gone", 2)]);
        state = Make.Judged(state, 5, [Pod("c", 1)], [Pod("a", 2), Pod("b", 0)]);
        var restored = Restored(state);
        var noise = Assert.IsType<RatioState>(state.Metrics[0]).Ratio.Noise;
        Assert.Equal(3, noise.Pods.Length);
        Assert.Equal(noise.Pods.AsEnumerable(), Assert.IsType<RatioState>(restored.Metrics[0]).Ratio.Noise.Pods);
        var pods = Assert.IsType<ClassState>(state.Metrics[1]).Drift.StablePods;
        Assert.Equal(
            pods.Select(pod => (pod.Pod, string.Join(' ', pod.Counts), pod.LastSeen)),
            Assert.IsType<ClassState>(restored.Metrics[1]).Drift.StablePods
                .Select(pod => (pod.Pod, string.Join(' ', pod.Counts), pod.LastSeen)));
        Assert.Equal(["a", "b", "gone"], pods.Select(pod => pod.Pod));
    }

    [Fact]
    public void Spec_comes_back_with_every_source_and_without_a_deadline()
    {
        ImmutableArray<MetricSpec> metrics =
        [
            MetricSpec.Named("lat_p90")! with
            {
                Name = "db", Source = new MetricSource.Histogram("db_seconds"), DryRun = true, Quantile = .95, Clip = 7,
            },
            MetricSpec.Named("classes")! with { Name = "mix", Source = new MetricSource.Classes("votes", "party") },
            MetricSpec.Named("memory")! with
            {
                Name = "queue", Source = new MetricSource.Gauge("queue"), Statistic = GaugeStatistic.Level,
            },
        ];
        var spec = new AnalysisSpec
        {
            Deadline = null, OnDeadline = DeadlineAction.PassIfNoHarm, Metrics = metrics, HoldPromotionEvidence = 3,
            ExcludedRoutes = ["/x"], Profile = null,
        };
        var restored = Restored(CanaryAnalysis.Start(spec, FakeRollout.Start)).Spec;
        Assert.Equal(metrics.AsEnumerable(), restored.Metrics);
        Assert.Equal(
            spec with { Metrics = [], Limits = [], ExcludedRoutes = [] },
            restored with { Metrics = [], Limits = [], ExcludedRoutes = [] });
        Assert.Equal(["/x"], restored.ExcludedRoutes);
    }

    private static string ReasonOf(byte[] bytes) =>
        Assert.IsType<CheckpointResult.Unreadable>(Checkpoint.Read(bytes)).Message;

    private static AnalysisState Restored(AnalysisState state) =>
        Assert.IsType<CheckpointResult.Restored>(Checkpoint.Read(Checkpoint.Write(state).Bytes.AsSpan())).State;
}

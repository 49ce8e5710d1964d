using Rollouts.Analysis.Persistence;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Persistence;

public sealed class CheckpointTests
{
    private static readonly AnalysisSpec Everything = new()
    {
        Metrics =
        [
            .. MetricSpec.Defaults,
            MetricSpec.Named("classes")!,
            MetricSpec.Named("memory")!,
            MetricSpec.Named("errors")! with
            {
                Name = "refused",
                Kind = MetricKind.Ratio,
                Source = new MetricSource.Ratio(
                    new("orders_total", [new("result", ["refused", "lost*"])]), new("orders_total", [])),
            },
        ],
        Limits = [new LimitSpec("errors", .5, 100), new LimitSpec("lat_p90", .9, 100, .25)],
        Profile = "OpenTelemetry",
    };

    [Fact]
    public void Judge_restored_at_any_interval_continues_bit_for_bit()
    {
        var random = new Random(7);
        var state = CanaryAnalysis.Start(Everything, FakeRollout.Start);
        var restored = state;
        for (var i = 1; i <= 30; i++)
        {
            if (i % 10 == 0)
            {
                state = CanaryAnalysis.StartStep(state, state.LatestAt, i);
                restored = CanaryAnalysis.StartStep(restored, restored.LatestAt, i);
            }

            var interval =
                RandomInterval.Of(random, FakeRollout.Start.AddSeconds(10 * i), 2, 4, ratio: i > 15 ? .2 : .002);
            state = CanaryAnalysis.Advance(state, interval);
            restored = CanaryAnalysis.Advance(Restore(restored), interval);
            Assert.Equal(Checkpoint.Write(state).Bytes, Checkpoint.Write(restored).Bytes);
        }

        Assert.Equal(Decision.Abort, state.Verdict.Decision);
        Assert.Equal(state.Verdict.Message, restored.Verdict.Message);
    }

    [Fact]
    public void Gauges_are_the_first_evidence_to_be_shed_and_noise_of_pods_is_the_last()
    {
        Assert.Equal(
            ["gauges", "the history behind ratio bounds", "noise of single pods"], Shedding.Steps[^1].Words);
        Assert.Empty(Shedding.Steps[1].Words);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(200)]
    public void Damaged_bytes_are_unreadable_and_never_throw(int at)
    {
        var bytes = Checkpoint.Write(CanaryAnalysis.Start(Everything, FakeRollout.Start)).Bytes.ToArray();
        bytes[at] ^= 0x55;
        Assert.IsType<CheckpointResult.Unreadable>(Checkpoint.Read(bytes));
        Assert.IsType<CheckpointResult.Unreadable>(Checkpoint.Read(bytes.AsSpan(0, at)));
    }

    [Fact]
    public void Newer_version_is_named_in_the_message()
    {
        var bytes = Checkpoint.Write(CanaryAnalysis.Start(Everything, FakeRollout.Start)).Bytes.ToArray();
        bytes[1] = 9;
        var unreadable = Assert.IsType<CheckpointResult.Unreadable>(Checkpoint.Read(bytes));
        Assert.Equal("the checkpoint has version 9; this program reads version 2", unreadable.Message);
    }

    [Fact]
    public void Spec_survives_with_every_field()
    {
        var state = Restore(CanaryAnalysis.Start(Everything, FakeRollout.Start));
        Assert.Equal(
            Checkpoint.Write(CanaryAnalysis.Start(Everything, FakeRollout.Start)).Bytes, Checkpoint.Write(state).Bytes);
        Assert.Equal(
            Everything.Metrics.Select(metric => metric.Name), state.Spec.Metrics.Select(metric => metric.Name));
        Assert.Equal(Everything.Limits.AsEnumerable(), state.Spec.Limits);
        Assert.Equal("OpenTelemetry", state.Spec.Profile);
        Assert.Equal(TimeSpan.FromMinutes(30), state.Spec.Deadline);
    }

    private static AnalysisState Restore(AnalysisState state) =>
        Assert.IsType<CheckpointResult.Restored>(Checkpoint.Read(Checkpoint.Write(state).Bytes.AsSpan())).State;
}

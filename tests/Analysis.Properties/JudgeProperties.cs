using FsCheck;
using FsCheck.Fluent;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Tests;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Properties;

/// <summary>What must hold of every history, not only of those that somebody thought of.</summary>
public sealed class JudgeProperties
{
    private const int Intervals = 40;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(40);

    /// <summary>A history by seed, number of pods and the canary's error ratio.</summary>
    private static Arbitrary<(int Seed, int Canary, int Stable, double Ratio)> Histories { get; } = Arb.From(
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from canary in Gen.Choose(1, 6)
        from stable in Gen.Choose(1, 9)
        from ratio in Gen.Elements(0, .002, .01, .05, .3)
        select (seed, canary, stable, ratio));

    [Fact]
    public void Order_of_pods_in_a_round_does_not_matter_and_names_only_through_their_order() =>
        Holds(history =>
        {
            var plain = Judge(history, interval => interval);
            var renamed = Judge(history, interval => interval with
            {
                Canary = [.. interval.Canary.Select(pod => pod with { Pod = "x" + pod.Pod })],
                Stable = [.. interval.Stable.Select(pod => pod with { Pod = "a" + pod.Pod })],
            });
            return plain.Verdict.LogTotal.Equals(renamed.Verdict.LogTotal)
                && plain.Verdict.Decision == renamed.Verdict.Decision;
        });

    [Fact]
    public void Scaling_both_arms_exposure_and_events_alike_leaves_each_bet_unchanged() =>
        Holds(history =>
        {
            var random = new Random(history.Seed);
            var counts = new ArmCounts(random.Next(50), random.Next(50), 50 + random.Next(100), 50 + random.Next(1000));
            var excess = FairShare.Excess(counts, 1.5);
            var scaled = FairShare.Excess(counts.Faded(1024), 1.5);
            return excess is null ? scaled is null
                : Math.Abs(excess.Value - scaled!.Value) <= 1e-12 * Math.Max(1, Math.Abs(excess.Value));
        });

    [Fact]
    public void One_more_canary_error_never_lowers_the_bet_and_one_more_stable_error_never_raises_it() =>
        Holds(history =>
        {
            var random = new Random(history.Seed);
            var counts =
                new ArmCounts(random.Next(20), 1 + random.Next(20), 50 + random.Next(100), 50 + random.Next(1000));
            var excess = FairShare.Excess(counts, 1.5)!.Value;
            return FairShare.Excess(counts with { CanaryBad = counts.CanaryBad + 1 }, 1.5) >= excess
                && FairShare.Excess(counts with { StableBad = counts.StableBad + 1 }, 1.5) <= excess;
        });

    [Fact]
    public void Evidence_is_frozen_while_the_canary_has_no_traffic() =>
        Holds(history =>
        {
            var state = Judge(history, interval => interval);
            var random = new Random(history.Seed ^ 5);
            var later = state;
            for (var i = 1; i <= 20; i++)
            {
                var interval =
                    RandomInterval.Of(
                        random, state.LatestAt.AddSeconds(10 * i), 1, history.Stable, .002) with { Canary = [] };
                later = CanaryAnalysis.Advance(later, interval);
            }

            return state.Metrics.Zip(later.Metrics).All(pair => pair.First.LogEvidence.Equals(pair.Second.LogEvidence));
        });

    [Fact]
    public void Abort_is_absorbing() =>
        Holds(history =>
        {
            var wasAborted = false;
            var staysAborted = true;
            Judge(history, interval => interval, state =>
            {
                staysAborted &= !wasAborted || state.Verdict.Decision == Decision.Abort;
                wasAborted |= state.Verdict.Decision == Decision.Abort;
            });
            return staysAborted;
        });

    [Fact]
    public void Checkpoint_at_a_random_interval_changes_nothing() =>
        Holds(history =>
        {
            var random = new Random(history.Seed);
            var plain = CanaryAnalysis.Start(new AnalysisSpec(), Start);
            var restored = plain;
            for (var i = 1; i <= Intervals; i++)
            {
                var interval =
                    RandomInterval.Of(random, Start.AddSeconds(10 * i), history.Canary, history.Stable, history.Ratio);
                plain = CanaryAnalysis.Advance(plain, interval);
                restored = CanaryAnalysis.Advance(Restored(restored), interval);
            }

            return Checkpoint.Write(plain).Bytes.SequenceEqual(Checkpoint.Write(restored).Bytes);
        });

    [Fact]
    public void A_metric_that_stable_does_not_export_changes_nothing() =>
        Holds(history =>
        {
            var silent = MetricSpec.Named("errors")! with
            {
                Name = "silent",
                Kind = MetricKind.Ratio,
                Weight = 3,
                Source = new MetricSource.Ratio(new SeriesSelector("x_total", []), new SeriesSelector("y_total", [])),
            };
            var spec = new AnalysisSpec();
            var without = Judge(history, interval => interval);
            var with = Judge(history, interval => interval, spec: spec with { Metrics = spec.Metrics.Add(silent) });
            return Math.Abs(without.Verdict.LogTotal - with.Verdict.LogTotal) < 1e-12
                && without.Verdict.Decision == with.Verdict.Decision;
        });

    [Fact]
    public void A_silent_metric_that_is_exported_takes_only_its_weight() =>
        Holds(history =>
        {
            var silent = MetricSpec.Named("errors")! with
            {
                Name = "silent",
                Kind = MetricKind.Ratio,
                Weight = .95,
                Margin = null,
                Gate = .5,
                Source = new MetricSource.Ratio(new SeriesSelector("x_total", []), new SeriesSelector("y_total", [])),
            };
            var spec = new AnalysisSpec();
            EvidenceInterval Extended(EvidenceInterval interval) => interval with
            {
                Stable = [.. interval.Stable.Select(pod =>
                    pod with { Ratios = pod.Ratios.Add("silent", new BadOfAll(0, 10)) })],
            };
            var without = Judge(history, Extended);
            var with = Judge(history, Extended, spec: spec with { Metrics = spec.Metrics.Add(silent) });
            return without.Verdict.Decision == Decision.Abort
                || Math.Abs(without.Verdict.LogTotal - Math.Log(2) - with.Verdict.LogTotal) < 1e-9;
        });

    [Fact]
    public void No_state_ever_holds_a_number_that_is_not_finite() =>
        Holds(history =>
        {
            var random = new Random(history.Seed);
            var metric = RatioMetric.Start(new RatioTerms(1.15, .001, .005, true, 5));
            for (var i = 0; i < 200; i++)
            {
                PodCounts[] Arm(string prefix, int pods) =>
                [
                    .. Enumerable.Range(0, pods).Select(p =>
                    {
                        var all = Math.Floor(Math.Pow(2, random.Next(0, 54)) * random.NextDouble());
                        return new PodCounts(
                            $"{prefix}{p}", Math.Floor(all * Math.Pow(random.NextDouble(), random.Next(1, 9))), all);
                    }),
                ];
                metric = metric.Update(Arm("c", history.Canary), Arm("s", history.Stable), 0);
            }

            double[] numbers =
            [
                .. metric.Wealth.LogBets, metric.Wealth.LogReserve, metric.Wealth.LogEvidence, metric.Noise.Phi,
                    metric.Noise.PassPhi,
                metric.Noise.Discount(), metric.Noise.PodVariance(), metric.Tolerance, metric.Discount,
                    metric.Recent.CanaryBad,
                .. metric.Bound.NotWorse, .. metric.Bound.Worse, .. metric.Difference.NotWorse,
                    metric.Difference.CanaryExposure,
                .. metric.Noise.Pods.SelectMany(pod =>
                    new[] { pod.Covariance, pod.Variance, pod.MeanCurrent, pod.LastExcess }),
            ];
            return numbers.All(double.IsFinite);
        });

    private static void Holds(Func<(int Seed, int Canary, int Stable, double Ratio), bool> property) =>
        Prop.ForAll(Histories, property).Check(Runs);

    private static AnalysisState Judge(
        (int Seed, int Canary, int Stable, double Ratio) history,
        Func<EvidenceInterval, EvidenceInterval> change,
        Action<AnalysisState>? seen = null,
        AnalysisSpec? spec = null)
    {
        var random = new Random(history.Seed);
        var state = CanaryAnalysis.Start(spec ?? new AnalysisSpec(), Start);
        for (var i = 1; i <= Intervals; i++)
        {
            var interval =
                RandomInterval.Of(random, Start.AddSeconds(10 * i), history.Canary, history.Stable, history.Ratio);
            state = CanaryAnalysis.Advance(state, change(interval));
            seen?.Invoke(state);
        }

        return state;
    }

    private static AnalysisState Restored(AnalysisState state) =>
        ((CheckpointResult.Restored)Checkpoint.Read(Checkpoint.Write(state).Bytes.AsSpan())).State;
}

using Rollouts.Analysis.Evidence;
using Rollouts.Simulation.Worlds;

namespace Rollouts.Simulation.Calibration;

/// <summary>The opt-in metric of classes: false aborts and detection times of our own measure of divergence.</summary>
public sealed class ClassDriftTests(ITestOutputHelper output)
{
    private const int Seed = 20260101;
    private const int Intervals = 180;
    private static readonly double[] Mix = [.5, .3, .15, .05];

    /// <summary>Evidence at which classes alone abort with their share of the default weights: 1/(alpha .05).</summary>
    private static readonly double Limit = Math.Log(100 / .05);

    [Theory]
    [InlineData("iid, 5% of 100 rps", 0, 0)]
    [InlineData("pods differ (log-sd .1)", .1, 0)]
    [InlineData("sessions of 20", 0, 20)]
    public void Healthy_mix_is_aborted_no_more_often_than_alpha(string name, double spread, int session)
    {
        const int Runs = 150;
        var aborted = Enumerable.Range(0, Runs).Count(run => AbortAt(Seed + run, 0, spread, session) is not null);
        output.WriteLine($"{name}: {aborted} of {Runs} runs from seed {Seed} aborted");
        Assert.True(aborted <= 5, $"{name}: {aborted} of {Runs} runs aborted, at most 5 wanted (1 % + 3 s.e.)");
    }

    [Theory]
    [InlineData(.05, 34)]
    [InlineData(.10, 11)]
    [InlineData(.20, 7)]
    public void Drift_is_found_about_as_fast_as_the_reference_finds_it(double drift, int reference)
    {
        var times = Enumerable.Range(0, 60).Select(run => AbortAt(Seed + run, drift, 0, 0) ?? Intervals).Order()
            .ToArray();
        output.WriteLine(
            $"drift {drift}: median {times[30]}, p95 {times[57]} intervals; the reference's median is {reference}");
        Assert.True(times[30] <= Math.Max(1.25 * reference, reference + 1),
            $"median {times[30]} intervals, reference {reference}");
    }

    /// <summary>
    /// When one canary pod of 5 requests a second beside nine stable pods is aborted for its mix; null if never.
    /// </summary>
    private static int? AbortAt(int seed, double shift, double spread, int session)
    {
        var draw = new Draw(seed);
        var drift = new ClassDrift { Gate = .05 };
        var mixes = Enumerable.Range(0, 10)
            .Select(_ => Normalised([.. Mix.Select(share => share * Math.Exp(spread * draw.Normal()))]))
            .ToArray();
        mixes[0] = [mixes[0][0] - shift, mixes[0][1], mixes[0][2], mixes[0][3] + shift];
        for (var i = 1; i <= Intervals; i++)
        {
            var canary = Counts(draw, mixes[0], draw.Poisson(50), session);
            var stable = Enumerable.Range(1, 9)
                .Select(pod => new PodClasses($"s{pod}", [.. Counts(draw, mixes[pod], draw.Poisson(105), session)]))
                    .ToArray();
            drift = drift.Update(canary, stable);
            if (drift.GatedLogEvidence >= Limit)
            {
                return i;
            }
        }

        return null;
    }

    private static double[] Counts(Draw draw, double[] mix, int requests, int session)
    {
        var size = Math.Max(1, session);
        var left = (int)Math.Round((double)requests / size);
        var counts = new double[mix.Length];
        var rest = 1.0;
        for (var j = 0; j < mix.Length; j++)
        {
            var here = j == mix.Length - 1 ? left : draw.Binomial(left, Math.Clamp(mix[j] / rest, 0, 1));
            counts[j] = here * size;
            left -= here;
            rest -= mix[j];
        }

        return counts;
    }

    private static double[] Normalised(double[] shares) => [.. shares.Select(share => share / shares.Sum())];
}

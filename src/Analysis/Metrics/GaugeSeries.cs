using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Metrics;

/// <summary>One pod's readings of one gauge, as medians of minutes; bounded.</summary>
/// <param name="FirstAt">When the pod was first read; its first two minutes do not count.</param>
/// <param name="Minute">Number of the minute under way, from <paramref name="FirstAt"/>.</param>
/// <param name="Readings">Readings of the minute under way.</param>
internal sealed record GaugeSeries(
    string Pod, DateTimeOffset FirstAt, int Minute, ImmutableArray<double> Readings, ImmutableArray<double> Medians)
{
    public const int FewestMedians = 3;
    public const int MostMedians = 48;
    public const int MostReadings = 60;
    public const int MostPods = 64;
    private const int WarmUpMinutes = 2;
    private const double MinuteSeconds = 60;

    /// <summary>Change per second.</summary>
    public double Slope
    {
        get
        {
            var times = new double[Medians.Length];
            for (var i = 0; i < times.Length; i++)
            {
                times[i] = i * MinuteSeconds;
            }

            return TheilSen.Slope(times, Medians.AsSpan());
        }
    }

    public double Level => Medians.IsEmpty ? 0 : Medians.Average();

    /// <summary>Adds the readings of one interval; pods that are gone are dropped.</summary>
    public static ImmutableArray<GaugeSeries> Update(
        ImmutableArray<GaugeSeries> known, ImmutableArray<PodIncrease> pods, string gauge, DateTimeOffset at)
    {
        var updated = ImmutableArray.CreateBuilder<GaugeSeries>();
        foreach (var pod in pods)
        {
            var past = known.FirstOrDefault(series => series.Pod == pod.Pod);
            if (!pod.Gauges.TryGetValue(gauge, out var reading))
            {
                if (past is not null)
                {
                    updated.Add(past);
                }

                continue;
            }

            if (past is not null || updated.Count < MostPods)
            {
                updated.Add((past ?? new GaugeSeries(pod.Pod, at, 0, [], [])).Add(reading, at));
            }
        }

        return updated.ToImmutable();
    }

    private GaugeSeries Add(double reading, DateTimeOffset at)
    {
        var minute = (int)((at - FirstAt).TotalSeconds / MinuteSeconds);
        if (minute == Minute)
        {
            return Readings.Length < MostReadings ? this with { Readings = Readings.Add(reading) } : this;
        }

        var counts = Minute >= WarmUpMinutes && !Readings.IsEmpty && Medians.Length < MostMedians;
        return this with
        {
            Minute = minute,
            Readings = [reading],
            Medians = counts ? Medians.Add(TheilSen.MedianOf(Readings.ToArray())) : Medians,
        };
    }
}

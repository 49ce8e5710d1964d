using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Persistence;

/// <summary>The evidence of one metric as bytes.</summary>
internal static class EvidenceFormat
{
    public static void Write(StateWriter writer, RatioMetric ratio, Shedding shedding)
    {
        writer.Number(ratio.Terms.Tolerance);
        writer.Number(ratio.Terms.Gate);
        writer.NumberOrNull(ratio.Terms.Margin);
        writer.Flag(ratio.Terms.UsesTanh);
        writer.Number(ratio.Terms.Clip);
        Write(writer, ratio.Wealth);
        Write(writer, ratio.Noise, shedding);
        Write(writer, ratio.Recent);
        Write(writer, ratio.InStep);
        writer.Count(ratio.ComparedInStep);
        Write(writer, ratio.History, shedding);
        Write(writer, ratio.Bound);
        Write(writer, ratio.Difference);
        writer.Number(ratio.Tolerance);
        writer.Number(ratio.Discount);
    }

    public static RatioMetric ReadRatio(StateReader reader) => new()
    {
        Terms = new RatioTerms(reader.Number(), reader.Number(), reader.NumberOrNull(), reader.Flag(), reader.Number()),
        Wealth = ReadWealth(reader),
        Noise = ReadNoise(reader),
        Recent = ReadCounts(reader),
        InStep = ReadCounts(reader),
        ComparedInStep = reader.Count(),
        History = ReadHistory(reader),
        Bound = ReadBound(reader),
        Difference = ReadBound(reader),
        Tolerance = reader.Number(),
        Discount = reader.Number(),
    };

    public static void Write(StateWriter writer, ClassDrift drift, Shedding shedding)
    {
        writer.Number(drift.Gate);
        writer.Numbers(drift.Canary);
        writer.Numbers(drift.Stable);
        writer.List(shedding.PodNoise ? [] : drift.StablePods, pod =>
        {
            writer.Text(pod.Pod);
            writer.Numbers(pod.Counts);
            writer.Count(pod.LastSeen);
        });
        Write(writer, drift.Wealth);
        writer.Number(drift.ObservedSquares);
        writer.Number(drift.ExpectedSquares);
        writer.Count(drift.Interval);
        writer.Number(drift.LogLatest);
    }

    public static ClassDrift ReadDrift(StateReader reader) => new()
    {
        Gate = reader.Number(),
        Canary = reader.Numbers(),
        Stable = reader.Numbers(),
        StablePods = reader.List(() => new PodClasses(reader.Text(), reader.Numbers(), reader.Count())),
        Wealth = ReadWealth(reader),
        ObservedSquares = reader.Number(),
        ExpectedSquares = reader.Number(),
        Interval = reader.Count(),
        LogLatest = reader.Number(),
    };

    public static void Write(StateWriter writer, ArmCounts counts)
    {
        writer.Number(counts.CanaryBad);
        writer.Number(counts.StableBad);
        writer.Number(counts.CanaryExposure);
        writer.Number(counts.StableExposure);
    }

    public static ArmCounts ReadCounts(StateReader reader) =>
        new(reader.Number(), reader.Number(), reader.Number(), reader.Number());

    private static void Write(StateWriter writer, Wealth wealth)
    {
        writer.Numbers(wealth.LogBets);
        writer.Number(wealth.LogReserve);
        writer.Number(wealth.LogEvidence);
        writer.Number(wealth.LogHighest);
    }

    private static Wealth ReadWealth(StateReader reader) =>
        new(reader.Numbers(), reader.Number(), reader.Number(), reader.Number());

    private static void Write(StateWriter writer, PodNoise noise, Shedding shedding)
    {
        writer.Count(noise.Interval);
        writer.Number(noise.ObservedSquares);
        writer.Number(noise.ExpectedSquares);
        writer.Number(noise.FoldedCovariance);
        writer.Number(noise.FoldedVariance);
        writer.Count(noise.FoldedPairs);
        writer.List(shedding.PodNoise ? [] : noise.Pods, pod =>
        {
            writer.Text(pod.Pod);
            writer.Number(pod.Bad);
            writer.Number(pod.Exposure);
            writer.Number(pod.LastExcess);
            writer.Count(noise.Interval - pod.LastSeen);
            writer.Count(pod.Pairs);
            writer.Number(pod.MeanPrevious);
            writer.Number(pod.MeanCurrent);
            writer.Number(pod.Covariance);
            writer.Number(pod.Variance);
        });
    }

    private static PodNoise ReadNoise(StateReader reader)
    {
        var interval = reader.Count();
        return new PodNoise
        {
            Interval = interval,
            ObservedSquares = reader.Number(),
            ExpectedSquares = reader.Number(),
            FoldedCovariance = reader.Number(),
            FoldedVariance = reader.Number(),
            FoldedPairs = reader.Count(),
            Pods = reader.List(() => new PodMoments(
                reader.Text(),
                reader.Number(),
                reader.Number(),
                reader.Number(),
                interval - reader.Count(),
                reader.Count(),
                reader.Number(),
                reader.Number(),
                reader.Number(),
                reader.Number())),
        };
    }

    private static void Write(StateWriter writer, RatioHistory history, Shedding shedding)
    {
        var entries = new ArmCounts[history.Count];
        var steps = new int[history.Count];
        history.CopyTo(entries, steps);
        writer.Flag(history.Count > 0);
        writer.Count(shedding.RatioHistory ? 0 : entries.Length);
        for (var i = 0; i < entries.Length && !shedding.RatioHistory; i++)
        {
            Write(writer, entries[i]);
            writer.Number(steps[i]);
        }
    }

    private static RatioHistory ReadHistory(StateReader reader)
    {
        var hadEntries = reader.Flag();
        var history = RatioHistory.Empty;
        for (var left = reader.Length(); left > 0; left--)
        {
            history = history.Restored(ReadCounts(reader), (int)reader.Number());
        }

        // A shed history leaves one empty entry, so that it still says that there was traffic.
        return hadEntries && history.Count == 0 ? history.Restored(default, 0) : history;
    }

    private static void Write(StateWriter writer, MarginBound bound)
    {
        writer.Number(bound.Rho);
        writer.Numbers(bound.NotWorse);
        writer.Numbers(bound.Worse);
        writer.Number(bound.CanaryExposure);
        writer.Number(bound.WorseExposure);
    }

    private static MarginBound ReadBound(StateReader reader)
    {
        var bound =
            new MarginBound(reader.Number(), reader.Numbers(), reader.Numbers(), reader.Number(), reader.Number());
        return bound.NotWorse.Length == MarginBound.Deltas && bound.Worse.Length == MarginBound.Deltas
            ? bound
            : throw new InvalidDataException("a margin bound has the wrong number of deltas");
    }
}

/// <summary>What is left out of a checkpoint that would be too large, in the order in which it is left out.</summary>
internal sealed record Shedding(bool Interval, bool Gauges, bool RatioHistory, bool PodNoise)
{
    public static ImmutableArray<Shedding> Steps { get; } =
    [
        new(false, false, false, false),
        new(true, false, false, false),
        new(true, true, false, false),
        new(true, true, true, false),
        new(true, true, true, true),
    ];

    /// <summary>What of the evidence was left out, in words.</summary>
    public ImmutableArray<string> Words =>
    [
        .. Gauges ? ["gauges"] : Array.Empty<string>(),
        .. RatioHistory ? ["the history behind ratio bounds"] : Array.Empty<string>(),
        .. PodNoise ? ["noise of single pods"] : Array.Empty<string>(),
    ];
}

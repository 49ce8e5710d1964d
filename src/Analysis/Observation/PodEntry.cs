using System.Collections.Immutable;

using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Observation;

/// <summary>One pod between rounds: its last scrape, and what it added to the interval under way.</summary>
internal sealed record PodEntry
{
    public required string Pod { get; init; }

    public required Arm Arm { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    public required int RestartCount { get; init; }

    /// <summary>Counters as of the last usable scrape after the warm-up, by family; null before there is one.</summary>
    public ImmutableArray<CounterFamily>? Counters { get; init; }

    /// <summary>The readiness under which <see cref="Counters"/> were taken.</summary>
    public DateTimeOffset? CountersReadyAt { get; init; }

    /// <summary>The profile of the last usable scrape.</summary>
    public RequestProfile? Profile { get; init; }

    /// <summary>The pod was Ready for the warm-up at some time: from then on its health counts.</summary>
    public bool WasWarm { get; init; }

    public int MemoryKills { get; init; }

    /// <summary>Restart count at the last counted kill for memory.</summary>
    public int KilledAtRestart { get; init; } = -1;

    public required PodTally Tally { get; init; }

    /// <summary>
    /// A pod seen for the first time: its counters are a base, nothing has grown yet, and no probe counts.
    /// </summary>
    public static PodEntry First(PodScrape scrape, DateTimeOffset at, AnalysisSpec spec)
    {
        var entry = new PodEntry
        {
            Pod = scrape.Pod,
            Arm = scrape.Arm,
            SeenAt = at,
            RestartCount = scrape.RestartCount,
            WasWarm = IsWarm(scrape, at, spec),
            Tally = new PodTally(),
        };
        return entry.WithKills(scrape).WithMetrics(scrape, at, spec);
    }

    public PodEntry Observe(PodScrape scrape, DateTimeOffset at, AnalysisSpec spec)
    {
        var tally = Tally.Copy();
        var seconds = (at - SeenAt).TotalSeconds;
        if (seconds > 0)
        {
            var past = tally.Restarts ?? default;
            tally.Restarts =
                new BadOfAll(past.Bad + Math.Max(0, scrape.RestartCount - RestartCount), past.All + seconds);
        }

        var entry = this with { SeenAt = at, RestartCount = scrape.RestartCount, Tally = tally };
        return entry.WithKills(scrape).WithHealth(scrape, at, spec).WithMetrics(scrape, at, spec);
    }

    private PodEntry WithKills(PodScrape scrape) =>
        scrape.OutOfMemoryKills > 0 && scrape.RestartCount > KilledAtRestart
            ? this with
            {
                MemoryKills = Math.Max(MemoryKills + 1, scrape.OutOfMemoryKills),
                KilledAtRestart = scrape.RestartCount,
            }
            : this;

    private PodEntry WithHealth(PodScrape scrape, DateTimeOffset at, AnalysisSpec spec)
    {
        var isWarm = WasWarm || IsWarm(scrape, at, spec);
        if (isWarm && scrape.Health != HealthProbe.Unknown)
        {
            var past = Tally.Health ?? default;
            Tally.Health = new BadOfAll(past.Bad + (scrape.Health == HealthProbe.Fail ? 1 : 0), past.All + 1);
        }

        return this with { WasWarm = isWarm };
    }

    private PodEntry WithMetrics(PodScrape scrape, DateTimeOffset at, AnalysisSpec spec)
    {
        if (scrape.Metrics is not MetricsScrape.Answered { Families.IsEmpty: false } answered
            || !IsWarm(scrape, at, spec))
        {
            return this;
        }

        var profile = ProfileDetection.Detect(answered.Families, spec.Profile) ?? Profile;
        var hasBase = Counters is not null && CountersReadyAt == scrape.ReadyAt;
        var known = hasBase ? Counters!.Value : [];
        var next = ImmutableArray.CreateBuilder<CounterFamily>();
        foreach (var family in answered.Families)
        {
            if (ScrapeTally.IsNeeded(family.Name, profile, spec))
            {
                next.Add(Compare(family, known, hasBase, profile, spec));
            }
        }

        foreach (var family in known)
        {
            // A family that is missing now keeps its last values, so that its return does not count twice.
            if (!next.Any(candidate => candidate.Name == family.Name))
            {
                next.Add(family);
            }
        }

        if (hasBase)
        {
            ScrapeTally.MarkObserved(Tally, profile, spec);
        }

        ScrapeTally.ReadGauges(Tally, answered.Families, spec);
        Tally.MemoryLimitBytes = scrape.MemoryLimitBytes;
        return this with { Counters = next.ToImmutable(), CountersReadyAt = scrape.ReadyAt, Profile = profile };
    }

    private CounterFamily Compare(
        MetricFamily family, ImmutableArray<CounterFamily> known, bool hasBase, RequestProfile? profile,
            AnalysisSpec spec)
    {
        var past = known.FirstOrDefault(candidate => candidate.Name == family.Name)
            ?? new CounterFamily(family.Name, []);
        ImmutableArray<Sample> counters =
            [.. family.Samples.Where(sample => ScrapeTally.IsCounter(sample, profile, spec))];
        var increases = new double[counters.Length];
        var next = past.Next(counters, increases);
        for (var i = 0; hasBase && i < increases.Length; i++)
        {
            ScrapeTally.Add(Tally, counters[i], increases[i], profile, spec);
        }

        return next;
    }

    private static bool IsWarm(PodScrape scrape, DateTimeOffset at, AnalysisSpec spec) =>
        scrape.ReadyAt is { } readyAt && at - readyAt >= spec.WarmUp;
}

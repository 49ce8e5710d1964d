using Rollouts.Analysis.Profiles;

namespace Rollouts.Analysis.Observation;

/// <summary>What a round says about the pods themselves.</summary>
internal static class TroubleReader
{
    /// <summary>
    /// Longest gap between two rounds that counts as silence of the pods; a longer one is the judge's own.
    /// </summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(1);

    /// <param name="ledger">After it took in the round.</param>
    /// <param name="sinceLast">Since the round before, or since the start.</param>
    public static PodTroubles Read(
        PodTroubles past,
        ScrapeRound round,
        PodLedger ledger,
        PodLedger before,
        AnalysisSpec spec,
        TimeSpan sinceLast)
    {
        var most = LongestGap > spec.ScrapeInterval * 2 ? LongestGap : spec.ScrapeInterval * 2;
        var silence = sinceLast < most ? sinceLast : spec.ScrapeInterval;
        var canary = ArmOf(past.Canary, Arm.Canary, round, ledger, spec, silence);
        var stable = ArmOf(past.Stable, Arm.Stable, round, ledger, spec, silence);
        var isCanaryThere = canary.Pods > 0;
        var wasEverReady = past.WasCanaryEverReady
            || round.Pods.Any(pod => pod is { Arm: Arm.Canary, ReadyAt: not null });
        return past with
        {
            Rounds = past.Rounds + 1,

            // Pods that were never Ready are not silent yet: how long they may take is another rule.
            Canary = wasEverReady || !isCanaryThere ? canary : canary with { SilentFor = default },
            Stable = stable,
            ArmsShareTraffic = round.ArmsShareTraffic,
            ProfilesDiffer = canary.Profile is not null && stable.Profile is not null
                && canary.Profile != stable.Profile,
            CanaryFirstSeenAt = past.CanaryFirstSeenAt ?? (isCanaryThere ? round.At : null),
            WasCanaryEverReady = wasEverReady,
            CanaryInCrashLoop = round.Pods.FirstOrDefault(pod => pod is { Arm: Arm.Canary, InCrashLoop: true })?.Pod,
            StableCrashLoopAt = round.Pods.Any(pod => pod is { Arm: Arm.Stable, InCrashLoop: true })
                ? round.At
                : past.StableCrashLoopAt,
            CanaryKilledTwice = past.CanaryKilledTwice ?? ledger.Pods.Values
                .FirstOrDefault(entry => entry is { Arm: Arm.Canary, MemoryKills: >= 2 })?.Pod,
            StableKilledAt = ledger.Pods.Values.Any(entry => entry.Arm == Arm.Stable && entry.MemoryKills
                > (before.Pods.TryGetValue((entry.Arm, entry.Pod), out var earlier) ? earlier.MemoryKills : 0))
                ? round.At
                : past.StableKilledAt,
        };
    }

    private static ArmScrapes ArmOf(
        ArmScrapes past, Arm arm, ScrapeRound round, PodLedger ledger, AnalysisSpec spec, TimeSpan silence)
    {
        int pods = 0, asked = 0, usable = 0, unreachable = 0, unknown = 0;
        var failure = "";
        var profile = past.Profile;
        var hasServed = past.HasServed;
        foreach (var scrape in round.Pods.Where(pod => pod.Arm == arm))
        {
            pods++;
            switch (scrape.Metrics)
            {
                case MetricsScrape.NotAsked:
                    break;
                case MetricsScrape.Failed failed:
                    asked++;
                    unreachable += IsUnreachable(failed.Reason) ? 1 : 0;
                    failure = $"{scrape.Pod}: {failed.Reason}: {failed.Message}";
                    break;
                case MetricsScrape.Answered answered:
                    asked++;
                    var found = ProfileDetection.Detect(answered.Families, spec.Profile);
                    var exportedBefore = ledger.Pods.TryGetValue((arm, scrape.Pod), out var entry)
                        && entry.Profile is not null;
                    var isKnown = found is not null || HasOwnMetric(answered, spec)
                        || (!exportedBefore && !answered.Families.IsEmpty && IsKnownElsewhere(ledger));
                    usable += isKnown ? 1 : 0;
                    unknown += isKnown ? 0 : 1;
                    profile = found?.Name ?? profile;
                    hasServed |= found is not null && HasServed(answered, found);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        return new ArmScrapes(
            usable > 0 ? default : past.SilentFor + silence,
            pods, asked, usable, unreachable, unknown, failure, profile, hasServed);
    }

    /// <summary>Reasons of failed scrapes that mean: nobody answered.</summary>
    private static bool IsUnreachable(string reason) => reason is "ConnectionRefused" or "ConnectionReset" or "Timeout"
        or "ConnectTimeout" or "HostUnreachable" or "NetworkUnreachable";

    /// <summary>Many frameworks export nothing before the first request: such a pod is known by its peers.</summary>
    private static bool IsKnownElsewhere(PodLedger ledger) =>
        ledger.Pods.Values.Any(entry => entry.Profile is not null);

    private static bool HasOwnMetric(MetricsScrape.Answered answered, AnalysisSpec spec) =>
        answered.Families.Any(family => ScrapeTally.IsNeeded(family.Name, null, spec));

    private static bool HasServed(MetricsScrape.Answered answered, RequestProfile profile) =>
        answered.Families.Any(family =>
            family.Samples.Any(sample => sample.Name == profile.Requests && sample.Value > 0));
}

namespace Rollouts.Analysis.Tests;

/// <summary>Two arms of pods under one judge, in virtual time.</summary>
internal sealed class FakeRollout
{
    public FakeRollout(AnalysisSpec spec, int canary, int stable)
    {
        Canary = [.. Enumerable.Range(0, canary).Select(i => new FakePod($"c{i}", Arm.Canary))];
        Stable = [.. Enumerable.Range(0, stable).Select(i => new FakePod($"s{i}", Arm.Stable))];
        State = CanaryAnalysis.Start(spec, Start);
        Now = Start;
    }

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public List<FakePod> Canary { get; }

    public List<FakePod> Stable { get; }

    public AnalysisState State { get; set; }

    public DateTimeOffset Now { get; set; }

    public int Step { get; set; }

    public bool ArmsShareTraffic { get; init; } = true;

    /// <summary>Scrapes every pod now.</summary>
    public AnalysisState Scrape() => State = CanaryAnalysis.Advance(
        State, new ScrapeRound(Now, Step, [.. Canary.Concat(Stable).Select(pod => pod.Scrape())])
        {
            ArmsShareTraffic = ArmsShareTraffic,
        });

    /// <summary>
    /// Lets rounds pass at the spec's scrape interval; <paramref name="serve"/> runs before each scrape.
    /// </summary>
    public AnalysisState Run(TimeSpan span, Action<FakeRollout> serve)
    {
        for (var end = Now + span; Now < end;)
        {
            Now += State.Spec.ScrapeInterval;
            serve(this);
            Scrape();
        }

        return State;
    }

    /// <summary>Even, healthy traffic.</summary>
    public static void Healthy(FakeRollout rollout)
    {
        rollout.Canary.ForEach(pod => pod.Serve(60));
        rollout.Stable.ForEach(pod => pod.Serve(60));
    }
}

using System.Collections.Immutable;

using Rollouts.Analysis;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;
using Rollouts.Simulation.Deciders;
using Rollouts.Simulation.Worlds;

namespace Rollouts.Simulation.Calibration;

/// <summary>Many worlds of one scenario under the judge, and under its competitors where asked for.</summary>
internal sealed record Experiment(Scenario Scenario, ImmutableArray<Outcome> Outcomes)
{
    /// <summary>The default policy without a deadline: every run is watched to its end, also after a pass.</summary>
    public static AnalysisSpec DefaultSpec { get; } = new()
    {
        Deadline = null,
        Metrics = [.. MetricSpec.Defaults.Where(metric => metric.Name != "clientErrors")],
    };

    private const int Threads = 2;

    public static ImmutableArray<string> Competitors { get; } = [.. NewCompetitors().Select(decider => decider.Name)];

    public int Runs => Outcomes.Length;

    public double AbortShare => Share(outcome => outcome.AbortAt is not null);

    /// <summary>Aborts before the onset do not count as found.</summary>
    public double FoundShare => Share(outcome => outcome.AbortAt > Scenario.Onset);

    public double PassedFirstShare => Share(outcome => outcome.PassAt is not null);

    /// <summary>Runs a scenario; run i has seed <paramref name="seed"/> + i.</summary>
    /// <param name="spec">Null for <see cref="DefaultSpec"/>.</param>
    public static Experiment Run(
        Scenario scenario, int runs, int seed, bool withCompetitors, AnalysisSpec? spec = null)
    {
        var outcomes = new Outcome[runs];
        var threads = Enumerable.Range(0, Threads).Select(first => new Thread(() =>
        {
            for (var i = first; i < runs; i += Threads)
            {
                outcomes[i] = RunOne(scenario, seed + i, withCompetitors, spec ?? DefaultSpec);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return new Experiment(scenario, [.. outcomes]);
    }

    /// <summary>Standard error of a share estimated from this many runs.</summary>
    public double ErrorOf(double share) => Math.Sqrt(share * (1 - share) / Runs);

    /// <summary>The q-quantile of the time from onset to abort; infinity where fewer runs abort.</summary>
    public double TimeQuantile(double q) =>
        Quantile(q, outcome =>
            outcome.AbortAt > Scenario.Onset ? outcome.AbortAt.Value - Scenario.Onset : double.PositiveInfinity);

    public double PassQuantile(double q) => Quantile(q, outcome => outcome.PassAt ?? double.PositiveInfinity);

    public double RequestsQuantile(double q) =>
        Quantile(q, outcome => outcome.AbortAt > Scenario.Onset ? outcome.CanaryRequests : double.PositiveInfinity);

    public double OtherShare(int competitor) => Share(outcome => outcome.Others[competitor] is not null);

    public double OtherQuantile(int competitor, double q) =>
        Quantile(q, outcome =>
            outcome.Others[competitor] > Scenario.Onset ? outcome.Others[competitor]!.Value - Scenario.Onset
                : double.PositiveInfinity);

    private static Outcome RunOne(Scenario scenario, int seed, bool withCompetitors, AnalysisSpec spec)
    {
        var world = new World(scenario, seed);
        var judge = new JudgeDecider(spec);
        var others = withCompetitors ? NewCompetitors() : [];
        var aborts = new int?[others.Length];
        int? abortAt = null, passAt = null;
        var requests = 0.0;
        for (var index = 0; index < scenario.Intervals; index++)
        {
            var interval = world.Next(index);
            if (abortAt is null)
            {
                requests += index < scenario.Onset ? 0 : interval.Canary.Sum(pod => pod.Requests ?? 0);
                var decision = judge.Look(interval);
                abortAt = decision == Decision.Abort ? index + 1 : null;
                passAt ??= decision == Decision.Pass ? index + 1 : null;
            }

            var view = withCompetitors ? ArmView.Of(interval) : null;
            for (var k = 0; k < others.Length; k++)
            {
                aborts[k] ??= others[k].Aborts(view!) ? index + 1 : null;
            }

            if (abortAt is not null && Array.TrueForAll(aborts, at => at is not null))
            {
                break;
            }
        }

        return new Outcome(abortAt, passAt, requests, aborts);
    }

    private static Decider[] NewCompetitors() =>
    [
        new LikelihoodDecider(), new PeekingDecider(), new ThresholdDecider(.95, 0), new ThresholdDecider(.95, 3),
        new ThresholdDecider(.99, 0), new ThresholdDecider(.99, 3), new FlaggerDecider(), new KayentaDecider(),
    ];

    private double Share(Func<Outcome, bool> of) => (double)Outcomes.Count(of) / Runs;

    private double Quantile(double q, Func<Outcome, double> of)
    {
        var sorted = Outcomes.Select(of).Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(q * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}

using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Metrics;

/// <summary>The mix of values of one label.</summary>
internal sealed record ClassState : MetricState
{
    public required ClassDrift Drift { get; init; }

    /// <summary>Requests of both arms with a class since the step began.</summary>
    public ArmCounts Requests { get; init; }

    public override double GatedLogEvidence => Drift.GatedLogEvidence;

    public override double LogEvidence => Drift.Wealth.LogEvidence;

    public override bool IsGateOpen => Drift.IsGateOpen;

    public override ArmCounts InStep => Requests;

    public override bool Passes(double beta) => true;

    public override MetricState StartStep() => this with { Requests = default };

    public override MetricState Update(EvidenceInterval interval, int step)
    {
        var stable = new List<PodClasses>(interval.Stable.Length);
        double stableRequests = 0, canaryRequests = 0;
        foreach (var pod in interval.Stable)
        {
            if (!pod.Classes.IsEmpty)
            {
                stable.Add(new PodClasses(pod.Pod, pod.Classes));
                stableRequests += Sum(pod.Classes);
            }
        }

        var classes = Math.Max(1, Math.Max(MostClasses(interval.Canary), MostClasses(interval.Stable)));
        var canary = new double[classes];
        foreach (var pod in interval.Canary)
        {
            ClassMix.AddTo(canary, pod.Classes.AsSpan());
            canaryRequests += Sum(pod.Classes);
        }

        return this with
        {
            IsExported = IsExported || stable.Count > 0,
            Drift = Drift.Update(canary, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stable)),
            Requests = Requests + new ArmCounts(0, 0, canaryRequests, stableRequests),
        };
    }

    private static int MostClasses(ImmutableArray<PodIncrease> pods)
    {
        var most = 0;
        foreach (var pod in pods)
        {
            most = Math.Max(most, pod.Classes.Length);
        }

        return most;
    }

    private static double Sum(ImmutableArray<double> counts)
    {
        var sum = 0.0;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }
}

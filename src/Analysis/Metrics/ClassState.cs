using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Metrics;

/// <summary>The mix of values of one label.</summary>
internal sealed record ClassState : MetricState
{
    /// <summary>Most classes with a name; what comes later stays among the others.</summary>
    public const int MostNames = 63;

    public required ClassDrift Drift { get; init; }

    /// <summary>
    /// Names of the classes in the order in which they were first seen, one place behind their counts: the first class
    /// is all others. Empty where the classes have no names and their order never changes.
    /// </summary>
    public ImmutableArray<string> Names { get; init; } = [];

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
        var hasNames = !interval.ClassNames.IsEmpty;
        var names = hasNames
            ? [.. Names, .. interval.ClassNames.Except(Names).Take(MostNames - Names.Length)]
            : Names;
        var classes = hasNames ? names.Length + 1
            : Math.Max(1, Math.Max(MostClasses(interval.Canary), MostClasses(interval.Stable)));
        var columns = interval.ClassNames.Select(name => names.IndexOf(name) + 1).ToArray();

        var stable = new List<PodClasses>(interval.Stable.Length);
        var canary = new double[classes];
        double stableRequests = 0;
        foreach (var pod in interval.Stable)
        {
            if (!pod.Classes.IsEmpty)
            {
                var counts = new double[classes];
                AddTo(counts, pod.Classes, columns);
                stable.Add(new PodClasses(pod.Pod, [.. counts]));
                stableRequests += pod.Classes.Sum();
            }
        }

        foreach (var pod in interval.Canary)
        {
            AddTo(canary, pod.Classes, columns);
        }

        var pods = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stable);
        return this with
        {
            Names = names,
            IsExported = IsExported || stable.Count > 0,
            Drift = Drift.Update(canary, pods, hasNames ? Names.Length + 1 : null, Spec.Clip),
            Requests = Requests + new ArmCounts(0, 0, canary.Sum(), stableRequests),
        };
    }

    /// <summary>Adds the counts where their columns say, or in their own order where there are no columns.</summary>
    private static void AddTo(double[] total, ImmutableArray<double> counts, int[] columns)
    {
        for (var j = 0; j < counts.Length; j++)
        {
            total[columns.Length > 0 ? columns[j] : j] += counts[j];
        }
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
}

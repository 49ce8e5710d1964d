using System.Collections.Immutable;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Metrics;

/// <summary>Bad events per exposure: errors, client errors, health, restarts and a policy's own ratios.</summary>
internal sealed record RatioState : MetricState
{
    public required RatioMetric Ratio { get; init; }

    public override double GatedLogEvidence => Ratio.GatedLogEvidence;

    public override double LogEvidence => Ratio.Wealth.LogEvidence;

    public override bool IsGateOpen => Ratio.IsGateOpen;

    public override ArmCounts InStep => Ratio.InStep;

    public override bool Passes(double beta) => Ratio.Passes(beta);

    public override MetricState StartStep() => this with { Ratio = Ratio.StartStep() };

    public override MetricState Update(EvidenceInterval interval, int step)
    {
        var canary = CountsOf(interval.Canary);
        var stable = CountsOf(interval.Stable);
        return this with { Ratio = Ratio.Update(canary, stable, step), IsExported = IsExported || stable.Length > 0 };
    }

    private PodCounts[] CountsOf(ImmutableArray<PodIncrease> pods)
    {
        var counts = new PodCounts[pods.Length];
        var count = 0;
        foreach (var pod in pods)
        {
            if (CountOf(pod) is { } observed)
            {
                counts[count++] = new PodCounts(pod.Pod, observed.Bad, observed.All);
            }
        }

        return count == counts.Length ? counts : counts[..count];
    }

    private BadOfAll? CountOf(PodIncrease pod) => Spec.Kind switch
    {
        MetricKind.Errors => Of(pod.Errors, pod.Requests),
        MetricKind.ClientErrors => Of(pod.ClientErrors, pod.Requests),
        MetricKind.Health => pod.Health,
        MetricKind.Restarts => pod.Restarts,
        MetricKind.Ratio => pod.Ratios.TryGetValue(Spec.Name, out var ratio) ? ratio : null,
        MetricKind.Latency or MetricKind.Classes or MetricKind.Gauge =>
            throw new System.Diagnostics.UnreachableException(),
    };

    private static BadOfAll? Of(double? bad, double? all) =>
        bad is { } events && all is { } exposure ? new BadOfAll(events, exposure) : null;
}

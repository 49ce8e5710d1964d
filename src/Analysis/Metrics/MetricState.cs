using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Metrics;

/// <summary>What is known of one metric of the spec; immutable. A closed set of cases.</summary>
internal abstract record MetricState
{
    private protected MetricState()
    {
    }

    public required MetricSpec Spec { get; init; }

    /// <summary>Stable was seen to export this metric.</summary>
    public bool IsExported { get; init; }

    /// <summary>Log evidence that counts against the canary; negative infinity while the gate is closed.</summary>
    public abstract double GatedLogEvidence { get; }

    public abstract double LogEvidence { get; }

    public abstract bool IsGateOpen { get; }

    /// <summary>Exposure of both arms since the step began; zero where the metric has none.</summary>
    public abstract ArmCounts InStep { get; }

    /// <summary>Anything at all was observed of the canary in this step.</summary>
    public virtual bool HasSeenCanaryInStep => InStep.CanaryExposure > 0;

    /// <summary>What the canary alone did in this step, also while stable had no exposure.</summary>
    public BadOfAll CanaryInStep => new(InStep.CanaryBad, InStep.CanaryExposure);

    /// <summary>
    /// The canary is shown to be within the margin in this step; a metric without a margin always is.
    /// </summary>
    public abstract bool Passes(double beta);

    /// <summary>Takes in one evidence interval.</summary>
    public abstract MetricState Update(EvidenceInterval interval, int step);

    public abstract MetricState StartStep();

    /// <summary>The state before any evidence.</summary>
    public static MetricState Start(MetricSpec spec) => spec.Kind switch
    {
        MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Health or MetricKind.Restarts or MetricKind.Ratio =>
            new RatioState { Spec = spec, Ratio = RatioMetric.Start(TermsOf(spec)) },
        MetricKind.Latency => new LatencyState { Spec = spec, Ratio = RatioMetric.Start(TermsOf(spec)) },
        MetricKind.Classes => new ClassState { Spec = spec, Drift = new ClassDrift { Gate = spec.Gate } },
        MetricKind.Gauge => new GaugeState { Spec = spec },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Continues under a changed spec where evidence keeps its meaning, else starts fresh.</summary>
    public MetricState Under(MetricSpec spec)
    {
        if (spec.Kind != Spec.Kind || spec.Source != Spec.Source || spec.UsesTanh != Spec.UsesTanh
            || spec.Quantile != Spec.Quantile || spec.Statistic != Spec.Statistic)
        {
            return Start(spec);
        }

        return this switch
        {
            RatioState ratio => ratio with { Spec = spec, Ratio = ratio.Ratio with { Terms = TermsOf(spec) } },
            LatencyState latency => latency with { Spec = spec, Ratio = latency.Ratio with { Terms = TermsOf(spec) } },
            ClassState classes => classes with { Spec = spec, Drift = classes.Drift with { Gate = spec.Gate } },
            GaugeState gauge => gauge with { Spec = spec },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static RatioTerms TermsOf(MetricSpec spec) =>
        new(spec.Tolerance, spec.Gate, spec.Margin, spec.UsesTanh, spec.Clip);
}

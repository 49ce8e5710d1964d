using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Persistence;

/// <summary>Verdict, troubles of pods and the latest interval as bytes.</summary>
internal static class VerdictFormat
{
    public static void Write(StateWriter writer, CanaryVerdict verdict)
    {
        writer.Count((int)verdict.Decision);
        writer.Text(verdict.Reason);
        writer.Text(verdict.Message);
        writer.Number(verdict.LogTotal);
        writer.List(verdict.Metrics, estimate =>
        {
            writer.Text(estimate.Metric);
            writer.Number(estimate.LogEvidence);
            writer.Flag(estimate.GateOpen);
            writer.NumberOrNull(estimate.CanaryValue);
            writer.NumberOrNull(estimate.StableValue);
            writer.Number(estimate.CanaryExposure);
            writer.Number(estimate.StableExposure);
            writer.Number(estimate.Tolerance);
            writer.Number(estimate.Discount);
            writer.Flag(estimate.Passes);
        });
    }

    public static CanaryVerdict ReadVerdict(StateReader reader) => new(
        reader.Choice<Decision>(),
        reader.Text(),
        reader.Text(),
        reader.Number(),
        reader.List(() => new MetricEstimate
        {
            Metric = reader.Text(),
            LogEvidence = reader.Number(),
            GateOpen = reader.Flag(),
            CanaryValue = reader.NumberOrNull(),
            StableValue = reader.NumberOrNull(),
            CanaryExposure = reader.Number(),
            StableExposure = reader.Number(),
            Tolerance = reader.Number(),
            Discount = reader.Number(),
            Passes = reader.Flag(),
        }));

    public static void Write(StateWriter writer, PodTroubles troubles)
    {
        writer.TextOrNull(troubles.CanaryInCrashLoop);
        writer.TextOrNull(troubles.CanaryKilledTwice);
        writer.InstantOrNull(troubles.StableCrashLoopAt);
        writer.InstantOrNull(troubles.StableKilledAt);
        writer.InstantOrNull(troubles.CanaryFirstSeenAt);
        writer.Flag(troubles.WasCanaryEverReady);
        writer.Count(troubles.Rounds);
        writer.Flag(troubles.ArmsShareTraffic);
        writer.Flag(troubles.ProfilesDiffer);
        Write(writer, troubles.Canary);
        Write(writer, troubles.Stable);
    }

    public static PodTroubles ReadTroubles(StateReader reader) => new()
    {
        CanaryInCrashLoop = reader.TextOrNull(),
        CanaryKilledTwice = reader.TextOrNull(),
        StableCrashLoopAt = reader.InstantOrNull(),
        StableKilledAt = reader.InstantOrNull(),
        CanaryFirstSeenAt = reader.InstantOrNull(),
        WasCanaryEverReady = reader.Flag(),
        Rounds = reader.Count(),
        ArmsShareTraffic = reader.Flag(),
        ProfilesDiffer = reader.Flag(),
        Canary = ReadScrapes(reader),
        Stable = ReadScrapes(reader),
    };

    private static void Write(StateWriter writer, ArmScrapes arm)
    {
        writer.Span(arm.SilentFor);
        writer.Count(arm.Pods);
        writer.Count(arm.Asked);
        writer.Count(arm.Usable);
        writer.Count(arm.Unreachable);
        writer.Count(arm.Unknown);
        writer.Text(arm.Failure);
        writer.TextOrNull(arm.Profile);
        writer.Flag(arm.HasServed);
    }

    private static ArmScrapes ReadScrapes(StateReader reader) => new(
        reader.Span(),
        (int)reader.Count(),
        (int)reader.Count(),
        (int)reader.Count(),
        (int)reader.Count(),
        (int)reader.Count(),
        reader.Text(),
        reader.TextOrNull(),
        reader.Flag());
}

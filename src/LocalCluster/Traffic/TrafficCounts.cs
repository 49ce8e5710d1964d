namespace Rollouts.LocalCluster.Traffic;

/// <summary>What became of the requests sent to one arm. Durations are summed over answered requests.</summary>
internal readonly record struct ArmCounts(long Succeeded, long Failed, long Unanswered, TimeSpan TotalDuration)
{
    public long Sent => Succeeded + Failed + Unanswered;

    public double ErrorRatio => Sent == 0 ? 0 : (double)(Failed + Unanswered) / Sent;

    public TimeSpan MeanDuration =>
        Succeeded + Failed == 0 ? TimeSpan.Zero : TotalDuration / (Succeeded + Failed);

    public static ArmCounts operator -(ArmCounts now, ArmCounts before) => new(
        now.Succeeded - before.Succeeded,
        now.Failed - before.Failed,
        now.Unanswered - before.Unanswered,
        now.TotalDuration - before.TotalDuration);
}

/// <param name="Unrouted">Requests for which no pod was ready.</param>
/// <param name="Skipped">Arrivals that were not sent because too many were under way, or too late.</param>
internal sealed record TrafficCounts(ArmCounts Stable, ArmCounts Canary, ArmCounts Other, long Unrouted, long Skipped)
{
    public static TrafficCounts Zero { get; } = new(default, default, default, 0, 0);

    public static TrafficCounts operator -(TrafficCounts now, TrafficCounts before) => new(
        now.Stable - before.Stable,
        now.Canary - before.Canary,
        now.Other - before.Other,
        now.Unrouted - before.Unrouted,
        now.Skipped - before.Skipped);
}

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>
/// Argo looks at every object again after a while though nothing changed (DefaultRolloutResyncPeriod, v1.10).
/// </summary>
internal static class Resync
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    /// <summary>What is due before the next resync, or else that.</summary>
    public static DateTimeOffset Or(DateTimeOffset? nextAt, DateTimeOffset now) =>
        nextAt < now + Interval ? nextAt.Value : now + Interval;
}

namespace Rollouts.LocalCluster.Tests.ApiServer;

/// <summary>Every object is 0 seconds old, so that tables are exact; timers run as usual.</summary>
internal sealed class FrozenClock : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

namespace Rollouts.LocalCluster.Traffic;

/// <summary>Counts requests as they end; read at any moment.</summary>
internal sealed class TrafficCounter
{
    private readonly Lock _gate = new();
    private readonly ArmCounts[] _arms = new ArmCounts[Enum.GetValues<TrafficArm>().Length];
    private long _unrouted;
    private long _skipped;

    public TrafficCounts Read()
    {
        lock (_gate)
        {
            return new TrafficCounts(
                _arms[(int)TrafficArm.Stable],
                _arms[(int)TrafficArm.Canary],
                _arms[(int)TrafficArm.Other],
                _unrouted,
                _skipped);
        }
    }

    /// <param name="status">The HTTP status, or null when no answer came.</param>
    public void Ended(TrafficArm arm, int? status, TimeSpan duration)
    {
        lock (_gate)
        {
            ref var counts = ref _arms[(int)arm];
            counts = status switch
            {
                null => counts with { Unanswered = counts.Unanswered + 1 },
                >= 500 => counts with { Failed = counts.Failed + 1, TotalDuration = counts.TotalDuration + duration },
                _ => counts with { Succeeded = counts.Succeeded + 1, TotalDuration = counts.TotalDuration + duration },
            };
        }
    }

    public void Unrouted()
    {
        lock (_gate)
            _unrouted++;
    }

    public void Skipped(int count)
    {
        lock (_gate)
            _skipped += count;
    }
}

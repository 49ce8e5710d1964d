namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>An instant on both clocks of the machine: the one that is never set, and the one of the wall.</summary>
/// <remarks>
/// On Linux the first stands still while the machine is suspended and the second does not; the second may be set.
/// Whoever must not be late asks for the longer of the two.
/// </remarks>
internal readonly record struct Moment(long Timestamp, DateTimeOffset At)
{
    public static Moment Of(TimeProvider clock) => new(clock.GetTimestamp(), clock.GetUtcNow());

    /// <summary>How long ago this was, by the clock that went further.</summary>
    public TimeSpan LongestSince(TimeProvider clock)
    {
        var steady = SteadySince(clock);
        var wall = clock.GetUtcNow() - At;
        return wall > steady ? wall : steady;
    }

    /// <summary>How long ago this was, by the clock that nobody sets.</summary>
    public TimeSpan SteadySince(TimeProvider clock) => clock.GetElapsedTime(Timestamp);
}

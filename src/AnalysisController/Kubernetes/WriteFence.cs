namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// Whether this process may write to the cluster at this moment, and for how long still. Closed until opened, and
/// closed by time alone: a process that was paused finds it closed before it could write.
/// </summary>
internal sealed class WriteFence(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private (Moment From, TimeSpan Length)? _permit;

    /// <summary>Zero when it is closed.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_lock)
            {
                return _permit is var (from, length) && from.LongestSince(clock) is var spent && spent < length
                    ? length - spent
                    : TimeSpan.Zero;
            }
        }
    }

    public bool IsOpen => Remaining > TimeSpan.Zero;

    /// <param name="from">Taken before the request was sent whose success gives the permission.</param>
    public void Open(Moment from, TimeSpan length)
    {
        lock (_lock)
        {
            _permit = (from, length);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _permit = null;
        }
    }
}

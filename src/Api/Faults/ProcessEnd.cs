namespace Rollouts.Api.Faults;

/// <summary>How a crash ends the process; a test with several instances in one process passes its own.</summary>
internal sealed class ProcessEnd(Action<string> crash)
{
    /// <summary>Ends at once: no drain, no clean-up, exit code 134, as a real crash would.</summary>
    public static ProcessEnd Abrupt { get; } = new(Environment.FailFast);

    public void Crash(string reason) => crash(reason);
}

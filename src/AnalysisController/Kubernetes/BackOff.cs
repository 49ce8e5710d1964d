namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// Exponential back-off with full-range jitter: 0.5 s doubling to 30 s, each wait drawn from its upper half.
/// </summary>
internal sealed class BackOff(Random jitter)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int _attempts;

    public TimeSpan Next()
    {
        var ceiling = TimeSpan.FromSeconds(Math.Min(First.TotalSeconds * Math.Pow(2, _attempts), Longest.TotalSeconds));
        _attempts = Math.Min(_attempts + 1, 16);
        return ceiling * (0.5 + (0.5 * jitter.NextDouble()));
    }

    public void Reset() => _attempts = 0;
}

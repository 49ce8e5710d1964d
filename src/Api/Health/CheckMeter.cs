using System.Diagnostics.Metrics;

namespace Rollouts.Api.Health;

/// <summary>How long dependency checks take.</summary>
internal sealed class CheckMeter(Meter meter)
{
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(
        "dependency.check.duration", "s", "Duration of dependency checks.");

    /// <param name="component">What was checked.</param>
    /// <param name="status"><c>pass</c>, <c>warn</c> or <c>fail</c>, as /health says it.</param>
    /// <param name="elapsed">From the question to the answer, or to the end of patience.</param>
    public void Record(string component, string status, TimeSpan elapsed) =>
        _duration.Record(
            elapsed.TotalSeconds,
            new KeyValuePair<string, object?>("dependency", component),
            new KeyValuePair<string, object?>("status", status));
}

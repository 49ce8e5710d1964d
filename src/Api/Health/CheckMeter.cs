using System.Diagnostics.Metrics;

namespace Rollouts.Api.Health;

/// <summary>How long dependency checks take.</summary>
internal sealed class CheckMeter(Meter meter)
{
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(
        "dependency.check.duration", "s", "Duration of dependency checks.");

    public void Record(string component, TimeSpan elapsed) =>
        _duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("dependency", component));
}

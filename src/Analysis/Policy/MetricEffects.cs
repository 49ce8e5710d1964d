using System.Collections.Immutable;

namespace Rollouts.Analysis.Policy;

/// <summary>
/// Which fields mean something to which kind of metric. One that means nothing is refused: whoever wrote it believes
/// that it does.
/// </summary>
internal static class MetricEffects
{
    private static readonly ImmutableArray<string> OfRatios =
        ["tolerance", "gate", "margin", "weight", "clip", "bettors", "dryRun", "action"];

    /// <summary>What is refused, each with its field and its value.</summary>
    /// <param name="fields">Before they are read.</param>
    /// <param name="given">The fields that were there, with what they say.</param>
    public static IEnumerable<string> Problems(
        MetricSpec metric, FieldReader fields, ImmutableArray<KeyValuePair<string, string>> given)
    {
        foreach (var (name, value) in given)
        {
            if (!FieldsOf(metric.Kind).Contains(name))
            {
                yield return $"{fields.Qualified(name)} is {value}; it has no effect on {WordsOf(metric.Kind)}, which "
                    + $"takes {string.Join(", ", FieldsOf(metric.Kind))}";
            }
            else if (metric.Action == MetricAction.Hold && name == "weight")
            {
                yield return $"{fields.Qualified(name)} is {value}; it has no effect while action is Hold: such a "
                    + "metric is no part of alpha";
            }
            else if (name == "action" && metric is { Kind: MetricKind.Gauge, Action: MetricAction.Abort })
            {
                yield return $"{fields.Qualified(name)} is {value}; Hold is expected of a gauge: few pods prove "
                    + "nothing";
            }
            else if (name == "weight" && metric is { CountsAgainstAlpha: true, Weight: <= 0 })
            {
                yield return $"{fields.Qualified(name)} is {value}; a number above 0 is expected of a metric that can "
                    + "abort: action Hold or dryRun leave it out";
            }
        }
    }

    private static ImmutableArray<string> FieldsOf(MetricKind kind) => kind switch
    {
        MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Health or MetricKind.Restarts or MetricKind.Ratio =>
            OfRatios,
        MetricKind.Latency => [.. OfRatios, "quantile"],
        MetricKind.Classes => ["gate", "weight", "clip", "dryRun", "action"],
        MetricKind.Gauge => ["gate", "statistic", "dryRun", "action"],
    };

    private static string WordsOf(MetricKind kind) => kind switch
    {
        MetricKind.Errors or MetricKind.ClientErrors or MetricKind.Health or MetricKind.Restarts or MetricKind.Ratio =>
            "a ratio",
        MetricKind.Latency => "a latency",
        MetricKind.Classes => "a mix of classes",
        MetricKind.Gauge => "a gauge",
    };
}

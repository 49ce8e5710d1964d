using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Rollouts.Exposition.Reading;

/// <summary>A type as a TYPE line spells it, and the suffixes that its samples add to the family's name.</summary>
/// <remarks>Source: OpenMetrics 1.0, "Metric Types"; text format 0.0.4 knows the first five.</remarks>
internal sealed record TypeWord(string Word, MetricType Type, ImmutableArray<string> Suffixes)
{
    private static readonly FrozenDictionary<string, TypeWord> All = new TypeWord[]
    {
        new("counter", MetricType.Counter, ["_total", "_created"]),
        new("gauge", MetricType.Gauge, []),
        new("histogram", MetricType.Histogram, ["_bucket", "_sum", "_count", "_created"]),
        new("summary", MetricType.Summary, ["_sum", "_count", "_created"]),
        new("untyped", MetricType.Untyped, []),
        new("unknown", MetricType.Untyped, []),
        new("info", MetricType.Gauge, ["_info"]),
        new("stateset", MetricType.Gauge, []),
        new("gaugehistogram", MetricType.Untyped, ["_bucket", "_gsum", "_gcount"]),
    }.ToFrozenDictionary(word => word.Word, StringComparer.Ordinal);

    public static TypeWord? Named(string word) => All.GetValueOrDefault(word);

    public bool HasSuffix(ReadOnlySpan<char> suffix)
    {
        foreach (var known in Suffixes)
        {
            if (suffix.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }
}

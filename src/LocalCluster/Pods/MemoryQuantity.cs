using System.Globalization;

namespace Rollouts.LocalCluster.Pods;

/// <summary>A Kubernetes memory quantity such as 96Mi, 1Gi, 200M or 1e8, in bytes.
/// Source: kubernetes/apimachinery pkg/api/resource/suffix.go.</summary>
internal static class MemoryQuantity
{
    private static readonly (string Suffix, double Factor)[] Suffixes =
    [
        ("Ki", 1024), ("Mi", 1024 * 1024), ("Gi", 1024 * 1024 * 1024), ("Ti", 1024d * 1024 * 1024 * 1024),
        ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("m", 1e-3), ("", 1),
    ];

    /// <returns>Null when the text is no quantity.</returns>
    public static long? ToBytes(string text)
    {
        foreach (var (suffix, factor) in Suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(
                    text[..^suffix.Length],
                    NumberStyles.Float,
                    CultureInfo.InvariantCulture,
                    out var number)
                && number >= 0 && number * factor < long.MaxValue)
            {
                return (long)Math.Ceiling(number * factor);
            }
        }

        return null;
    }
}

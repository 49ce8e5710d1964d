using System.Globalization;

namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>A Kubernetes quantity of bytes (apimachinery resource.Quantity).</summary>
internal static class ByteQuantity
{
    /// <summary>A number, with k, M, G, T or Ki, Mi, Gi, Ti behind it or not; null for anything else.</summary>
    public static long? Parse(string? quantity)
    {
        if (string.IsNullOrEmpty(quantity))
        {
            return null;
        }

        var unit = quantity.AsSpan().TrimStart("0123456789.");
        double? factor = unit switch
        {
            "" => 1,
            "k" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            "Ki" => 1024d,
            "Mi" => 1024d * 1024,
            "Gi" => 1024d * 1024 * 1024,
            "Ti" => 1024d * 1024 * 1024 * 1024,
            _ => null,
        };
        var number = quantity.AsSpan(0, quantity.Length - unit.Length);
        return
            factor is not null
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * factor.Value < long.MaxValue
            ? (long)(value * factor.Value)
            : null;
    }
}

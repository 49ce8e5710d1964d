using System.Collections.Immutable;
using System.Text;
using Rollouts.Exposition.Reading;

namespace Rollouts.Exposition;

/// <summary>One label of a series.</summary>
public readonly record struct Label(string Name, string Value);

/// <summary>The labels of one series, in the order in which they were exposed; without the metric's name.</summary>
public sealed record Labels(ImmutableArray<Label> All)
{
    public static Labels None { get; } = new([]);

    /// <summary>The value of a label, or null when the series does not carry it.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var label in All)
            {
                if (label.Name == name)
                {
                    return label.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Reads a label as a number, so that <c>le="1"</c> and <c>le="1.0"</c> are the same bucket.</summary>
    /// <returns>False when the label is absent or is not a number.</returns>
    public bool TryGetNumber(string name, out double value)
    {
        value = 0;
        return this[name] is { } text && NumberText.TryParse(Encoding.UTF8.GetBytes(text), out value);
    }

    /// <summary>Two label sets are equal when they hold equal labels in the same order.</summary>
    public bool Equals(Labels? other) => other is not null && All.AsSpan().SequenceEqual(other.All.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var label in All)
        {
            hash.Add(label);
        }

        return hash.ToHashCode();
    }
}

using System.Collections.Immutable;

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
}

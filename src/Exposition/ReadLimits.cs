namespace Rollouts.Exposition;

/// <summary>Bounds on what one body may hold. A member left at its default bounds nothing.</summary>
public sealed record ReadLimits
{
    /// <summary>Samples of one body.</summary>
    public int MaxSamples { get; init; } = int.MaxValue;

    /// <summary>Labels of one series.</summary>
    public int MaxLabels { get; init; } = int.MaxValue;

    /// <summary>Bytes of one label value, escapes counted as they were exposed.</summary>
    public int MaxLabelValueBytes { get; init; } = int.MaxValue;

    internal static ReadLimits None { get; } = new();
}

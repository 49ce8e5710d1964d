using Rollouts.Exposition.Reading;

namespace Rollouts.Exposition;

/// <summary>
/// Reads the bodies of one target, one after another, with the results that <see cref="ExpositionReader"/> has; a body
/// of the same series as the one before costs its numbers only. Not for several threads at once.
/// </summary>
/// <remarks>
/// It keeps a copy of the last body, and the families that came out of it: their names and labels are shared with the
/// next result. Whatever is not a line of before with another number is read from scratch, the whole body with it.
/// </remarks>
public sealed class RepeatedReader(ReadLimits? limits = null)
{
    private BodyLayout? _layout;

    /// <summary>Reads a whole body; parameters and result as of <see cref="ExpositionReader"/>.</summary>
    public ExpositionResult Read(ReadOnlySpan<byte> utf8, string? contentType = null)
    {
        var isOpenMetrics = ExpositionReader.IsOpenMetrics(contentType);
        if (_layout is { } known && known.IsOpenMetrics == isOpenMetrics && known.TryRead(utf8, out var families))
        {
            return new ExpositionResult.Read(families);
        }

        var layout = new BodyLayout(isOpenMetrics);
        var result = ExpositionReader.Read(utf8, isOpenMetrics, limits, layout);
        _layout = null;
        if (result is ExpositionResult.Read read)
        {
            layout.Learn(utf8, read.Families);
            _layout = layout;
        }

        return result;
    }
}

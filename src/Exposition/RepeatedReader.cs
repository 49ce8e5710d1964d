using Rollouts.Exposition.Reading;

namespace Rollouts.Exposition;

/// <summary>
/// Reads the bodies of targets that expose much the same series, one after another, with the results that
/// <see cref="ExpositionReader"/> has; a line that is known but for its number costs its number only. Not for several
/// threads at once.
/// </summary>
/// <remarks>
/// It remembers lines, and what they say: results share their names and labels. When it remembers more than
/// <paramref name="mostBytes"/> after a body, it begins anew.
/// </remarks>
/// <param name="limits">Bounds on each body; null bounds nothing.</param>
/// <param name="mostBytes">Bound on what is remembered.</param>
public sealed class RepeatedReader(ReadLimits? limits = null, long mostBytes = long.MaxValue)
{
    private readonly ReadLimits _limits = limits ?? ReadLimits.None;
    private BodyReader? _reader;

    /// <summary>What is remembered, the labels of earlier results included.</summary>
    public long RememberedBytes => _reader?.RememberedBytes ?? 0;

    /// <summary>What the last result takes that no result before it does.</summary>
    public long ResultBytes { get; private set; }

    /// <summary>Reads a whole body; parameters and result as of <see cref="ExpositionReader"/>.</summary>
    /// <param name="keeps">
    /// Which families keep their samples, by name; null keeps all. The samples of others are read, and must be right.
    /// </param>
    public ExpositionResult Read(
        ReadOnlySpan<byte> utf8, string? contentType = null, Func<string, bool>? keeps = null)
    {
        var reader = _reader ??= new BodyReader(_limits, remembers: true);
        var result = reader.Read(utf8, ExpositionReader.IsOpenMetrics(contentType), keeps);
        ResultBytes = reader.ResultBytes;
        _reader = reader.RememberedBytes > mostBytes ? null : reader;
        return result;
    }
}

using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>The names of samples and families, found by their bytes; one object for each, body after body.</summary>
internal sealed class MetricNames
{
    private readonly Dictionary<string, MetricName> _names = new(Utf8Texts.Comparer);
    private readonly Dictionary<string, MetricName>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private MetricName? _last;

    public MetricNames() => _byBytes = _names.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>What the names take.</summary>
    public long Bytes { get; private set; }

    public MetricName this[ReadOnlySpan<byte> utf8]
    {
        get
        {
            // Samples of one name follow each other.
            if (_last is { } last && last.Text.Length == utf8.Length && Ascii.Equals(utf8, last.Text))
            {
                return last;
            }

            return _last = _byBytes.TryGetValue(utf8, out var name) ? name : Add(Encoding.UTF8.GetString(utf8));
        }
    }

    /// <summary>The name without its last part, <c>x</c> of <c>x_bucket</c>; null when it has only one.</summary>
    public MetricName? StemOf(MetricName name)
    {
        if (name.Stem is null && name.StemLength > 0)
        {
            var stem = name.Text[..name.StemLength];
            name.Stem = _names.GetValueOrDefault(stem) ?? Add(stem);
        }

        return name.Stem;
    }

    private MetricName Add(string text)
    {
        var name = new MetricName(text);
        _names.Add(text, name);
        Bytes += Footprint.Name + Footprint.Text(text) + Footprint.TableSlot;
        return name;
    }
}

/// <summary>A name of samples, of a family, or of both.</summary>
internal sealed class MetricName(string text)
{
    public string Text => text;

    /// <summary>Zero when there is no stem.</summary>
    public int StemLength { get; } = Math.Max(0, text.LastIndexOf('_'));

    /// <summary>Null until it is asked for.</summary>
    public MetricName? Stem { get; set; }

    /// <summary>The family of this name; null until one is mentioned.</summary>
    public OpenFamily? Family { get; set; }

    /// <summary>The family that samples of this name belong to in the body of that number.</summary>
    public (int Body, OpenFamily? Family) Owner { get; set; }
}

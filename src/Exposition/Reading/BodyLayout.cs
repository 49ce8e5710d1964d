using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rollouts.Exposition.Reading;

/// <summary>Where the lines of a body were, so that one of the same series is read by its numbers.</summary>
internal sealed class BodyLayout(bool isOpenMetrics)
{
    private const int None = -1;

    private readonly List<Line> _lines = [];
    private readonly SampleReader _tails = new(new TextTable(), ReadLimits.None);
    private byte[] _body = [];
    private ImmutableArray<MetricFamily> _families = [];

    public bool IsOpenMetrics => isOpenMetrics;

    /// <summary>Adds the next line: a comment, a blank line, an end. It must come again as it is.</summary>
    public void AddOther(int start, int length) => _lines.Add(new Line(start, length, None));

    /// <summary>Adds the next line: a sample, of which all before its value must come again as it is.</summary>
    /// <param name="family">The place of its family in the body.</param>
    public void AddSample(int start, int lengthBeforeValue, int family) =>
        _lines.Add(new Line(start, lengthBeforeValue, family));

    /// <summary>Takes in the body that was read, and what came out of it.</summary>
    public void Learn(ReadOnlySpan<byte> utf8, ImmutableArray<MetricFamily> families)
    {
        _body = utf8.ToArray();
        _families = families;
    }

    /// <summary>Reads a body of the same lines; false, and nothing read, when it is another.</summary>
    public bool TryRead(ReadOnlySpan<byte> utf8, out ImmutableArray<MetricFamily> families)
    {
        families = [];
        var samples = new Sample[_families.Length][];
        var counts = new int[_families.Length];
        foreach (var line in CollectionsMarshal.AsSpan(_lines))
        {
            if (!utf8.StartsWith(_body.AsSpan(line.Start, line.Length)))
            {
                return false;
            }

            utf8 = utf8[line.Length..];
            var end = utf8.IndexOf((byte)'\n');
            var tail = end < 0 ? utf8 : utf8[..end];
            utf8 = end < 0 ? [] : utf8[(end + 1)..];
            if (line.Family == None ? !tail.IsEmpty : !TryReadSample(line.Family, tail, samples, counts))
            {
                return false;
            }
        }

        if (!utf8.IsEmpty)
        {
            return false;
        }

        families = Close(samples);
        return true;
    }

    private bool TryReadSample(int family, ReadOnlySpan<byte> tail, Sample[][] samples, int[] counts)
    {
        if (!NumberText.TryParse(tail, out var value) && !_tails.TryReadValueAndTail(tail, out value))
        {
            return false;
        }

        var known = _families[family].Samples;
        var read = samples[family] ??= new Sample[known.Length];
        var at = counts[family]++;
        read[at] = new Sample(known[at].Name, known[at].Labels, value);
        return true;
    }

    private ImmutableArray<MetricFamily> Close(Sample[][] samples)
    {
        var families = ImmutableArray.CreateBuilder<MetricFamily>(_families.Length);
        for (var i = 0; i < samples.Length; i++)
        {
            families.Add(samples[i] is { } read
                ? _families[i] with { Samples = ImmutableCollectionsMarshal.AsImmutableArray(read) }
                : _families[i]);
        }

        return families.MoveToImmutable();
    }

    private readonly record struct Line(int Start, int Length, int Family);
}

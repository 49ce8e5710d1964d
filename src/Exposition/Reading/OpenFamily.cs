using System.Runtime.InteropServices;

namespace Rollouts.Exposition.Reading;

/// <summary>A family that may still receive samples; used again for its namesake of the next body.</summary>
internal sealed class OpenFamily(string name)
{
    private const int FirstSamples = 4;

    /// <summary>Its own, and those of a histogram's samples.</summary>
    private const int Names = 4;

    private Sample[] _samples = [];
    private int _count;
    private int _countBefore;
    private Func<string, bool>? _asked;
    private MetricFamily? _withoutSamples;

    /// <summary>Number of the body in which it was mentioned last.</summary>
    public int Body { get; private set; }

    /// <summary>Whether its samples are kept, or only read.</summary>
    public bool IsKept { get; private set; } = true;

    public TypeWord? Word { get; set; }

    public string Help { get; set; } = "";

    public void Open(int body, Func<string, bool>? keeps)
    {
        Body = body;
        (Word, Help) = (null, "");
        if (!ReferenceEquals(_asked, keeps))
        {
            (_asked, IsKept) = (keeps, keeps is null || keeps(name));
        }
    }

    public bool IsFull => _count == _samples.Length;

    public void Add(in Sample sample) => _samples[_count++] = sample;

    /// <summary>Makes room for as many samples as came the time before, else for twice as many as there are.</summary>
    /// <param name="most">Of those that are only expected.</param>
    /// <returns>How many are expected.</returns>
    public int Grow(int most)
    {
        var expected = _count == 0 ? Math.Min(_countBefore, most) : 0;
        Array.Resize(ref _samples, Math.Max(expected, Math.Max(FirstSamples, _count * 2)));
        return expected;
    }

    /// <param name="bytes">Grows by what is made.</param>
    public MetricFamily Close(ref long bytes)
    {
        var type = Word?.Type ?? MetricType.Untyped;
        if (_count == 0 && _withoutSamples is { } same && same.Type == type && same.Help == Help)
        {
            return same;
        }

        bytes += Footprint.Family + (Names * Footprint.Text(name)) + Footprint.Text(Help)
            + Footprint.Array + (Footprint.Sample * _count);
        if (_count == 0)
        {
            return _withoutSamples = new MetricFamily(name, type, Help, []);
        }

        if (_count < _samples.Length)
        {
            Array.Resize(ref _samples, _count);
        }

        var samples = ImmutableCollectionsMarshal.AsImmutableArray(_samples);
        _countBefore = _count;
        Drop();
        return new MetricFamily(name, type, Help, samples);
    }

    public void Drop() => (_samples, _count) = ([], 0);
}

using System.Collections.Immutable;

namespace Rollouts.Exposition.Reading;

/// <summary>The families of a body while it is read, in the order of their first mention.</summary>
internal sealed class FamilySet
{
    private readonly List<OpenFamily> _families = [];
    private readonly Dictionary<string, OpenFamily> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OpenFamily> _bySample = new(StringComparer.Ordinal);
    private string? _lastSample;
    private OpenFamily? _lastFamily;

    public int SampleCount { get; private set; }

    public OpenFamily Named(string name)
    {
        if (!_byName.TryGetValue(name, out var family))
        {
            family = new OpenFamily(name, _families.Count);
            _byName.Add(name, family);
            _families.Add(family);
        }

        return family;
    }

    /// <returns>The place of the sample's family in the body.</returns>
    public int Add(Sample sample)
    {
        if (!ReferenceEquals(sample.Name, _lastSample))
        {
            _lastSample = sample.Name;
            _lastFamily = Of(sample.Name);
        }

        _lastFamily!.Samples.Add(sample);
        SampleCount++;
        return _lastFamily.Place;
    }

    public ImmutableArray<MetricFamily> Close() => [.. _families.Select(family => family.Close())];

    // A sample stays with the family of its name's first sample, also when a TYPE line follows that would claim it.
    private OpenFamily Of(string sample)
    {
        if (!_bySample.TryGetValue(sample, out var family))
        {
            family = _byName.GetValueOrDefault(sample) ?? Owner(sample) ?? Named(sample);
            _bySample.Add(sample, family);
        }

        return family;
    }

    private OpenFamily? Owner(string sample)
    {
        var at = sample.LastIndexOf('_');
        return at > 0
            && _byName.TryGetValue(sample[..at], out var family)
            && family.Word?.Suffixes.Contains(sample[at..]) == true
                ? family
                : null;
    }
}

/// <summary>A family that may still receive samples.</summary>
internal sealed class OpenFamily(string name, int place)
{
    /// <summary>Among the families of the body, in the order of their first mention.</summary>
    public int Place => place;

    public TypeWord? Word { get; set; }

    public string Help { get; set; } = "";

    public ImmutableArray<Sample>.Builder Samples { get; } = ImmutableArray.CreateBuilder<Sample>();

    public MetricFamily Close() => new(name, Word?.Type ?? MetricType.Untyped, Help, Samples.DrainToImmutable());
}

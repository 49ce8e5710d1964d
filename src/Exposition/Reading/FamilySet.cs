using System.Collections.Immutable;

namespace Rollouts.Exposition.Reading;

/// <summary>The families of a body while it is read, in the order of their first mention.</summary>
internal sealed class FamilySet(MetricNames names)
{
    private readonly List<OpenFamily> _families = [];
    private Func<string, bool>? _keeps;
    private int _body;
    private int _room;

    /// <summary>Begins with a body.</summary>
    /// <param name="mostSamples">As many as it may have at most.</param>
    /// <param name="keeps">Which families keep their samples, by name; null keeps all.</param>
    public void Begin(int mostSamples, Func<string, bool>? keeps)
    {
        _body++;
        _room = mostSamples;
        _keeps = keeps;
        _families.Clear();
    }

    /// <summary>The family of this name.</summary>
    public OpenFamily Named(MetricName name)
    {
        var family = name.Family ??= new OpenFamily(name.Text);
        if (family.Body != _body)
        {
            family.Open(_body, _keeps);
            _families.Add(family);
        }

        return family;
    }

    /// <summary>The family that samples of this name belong to.</summary>
    /// <remarks>
    /// A sample stays with the family of its name's first sample, also when a TYPE line follows that would claim it.
    /// </remarks>
    public OpenFamily Of(MetricName name)
    {
        if (name.Owner is var (body, owner) && body == _body)
        {
            return owner!;
        }

        owner = name.Family?.Body == _body ? name.Family : ByStem(name) ?? Named(name);
        name.Owner = (_body, owner);
        return owner;
    }

    /// <summary>Adds a sample to a family that is kept.</summary>
    public void Add(OpenFamily family, in Sample sample)
    {
        if (family.IsFull)
        {
            // What families expect to hold is believed only as far as the body is long.
            _room -= family.Grow(_room);
        }

        family.Add(sample);
    }

    /// <param name="bytes">What the families and their samples take, without labels.</param>
    public ImmutableArray<MetricFamily> Close(out long bytes)
    {
        var families = ImmutableArray.CreateBuilder<MetricFamily>(_families.Count);
        bytes = Footprint.Array + (sizeof(long) * families.Capacity);
        foreach (var family in _families)
        {
            families.Add(family.Close(ref bytes));
        }

        return families.MoveToImmutable();
    }

    /// <summary>Lets go of what was read of a body that is refused.</summary>
    public void Drop()
    {
        foreach (var family in _families)
        {
            family.Drop();
        }
    }

    private OpenFamily? ByStem(MetricName name) =>
        names.StemOf(name)?.Family is { Word: { } word } family
        && family.Body == _body
        && word.HasSuffix(name.Text.AsSpan(name.StemLength))
            ? family
            : null;
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Rollouts.Analysis.Persistence;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote; throws <see cref="InvalidDataException"/> on anything else.
/// </summary>
internal sealed class StateReader(byte[] bytes)
{
    private const int LongestVarint = 10;

    private readonly List<string> _texts = [];
    private int _at;

    public bool IsAtEnd => _at == bytes.Length;

    public bool Flag() => NextByte() switch
    {
        0 => false,
        1 => true,
        var other => throw new InvalidDataException($"a flag is {other}"),
    };

    public long Count() => checked((long)Varint());

    /// <summary>A length, bounded by what is left to read: every entry takes at least one byte.</summary>
    public int Length()
    {
        var length = Varint();
        return length <= (ulong)(bytes.Length - _at) ? (int)length
            : throw new InvalidDataException($"a length is {length}");
    }

    public double Number()
    {
        if (_at < bytes.Length && bytes[_at] == StateWriter.RawMark)
        {
            _at++;
            return BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));
        }

        var coded = Varint();
        if ((coded & 1) != 0)
        {
            throw new InvalidDataException("a whole number is coded wrongly");
        }

        var zigzag = coded >> 1;
        return unchecked((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
    }

    public double? NumberOrNull() => Flag() ? Number() : null;

    public ImmutableArray<double> Numbers() => List(Number);

    public string Text()
    {
        var index = Varint();
        if (index > 0)
        {
            return index <= (ulong)_texts.Count ? _texts[(int)index - 1]
                : throw new InvalidDataException($"text {index} is not known");
        }

        var text = Encoding.UTF8.GetString(Take(Length()));
        _texts.Add(text);
        return text;
    }

    public string? TextOrNull() => Flag() ? Text() : null;

    public DateTimeOffset Instant() => new(Count(), TimeSpan.Zero);

    public DateTimeOffset? InstantOrNull() => Flag() ? Instant() : null;

    public TimeSpan Span() => new(Count());

    public T Choice<T>()
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), (int)Count());
        return Enum.IsDefined(value) ? value : throw new InvalidDataException($"{typeof(T).Name} has no case {value}");
    }

    public ImmutableArray<T> List<T>(Func<T> read)
    {
        var values = new T[Length()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = read();
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(values);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < LongestVarint; i++)
        {
            var part = NextByte();
            value |= unchecked((ulong)(part & 0x7F) << (7 * i));
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number has too many bytes");
    }

    private byte NextByte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - _at)
        {
            throw new InvalidDataException("the checkpoint ends too early");
        }

        _at += count;
        return bytes.AsSpan(_at - count, count);
    }
}

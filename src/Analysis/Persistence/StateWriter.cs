using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Rollouts.Analysis.Persistence;

/// <summary>
/// Writes values compactly and exactly: whole numbers as varints, other doubles as their bits, texts once each.
/// </summary>
internal sealed class StateWriter
{
    /// <summary>
    /// Introduces a double by its bits; never the first byte of a whole number, whose lowest bit is 0.
    /// </summary>
    public const byte RawMark = 1;

    private const double LargestWhole = 1L << 60;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>A number that is never negative: a length, an index, a count.</summary>
    public void Count(long value) => Varint((ulong)value);

    public void Number(double value)
    {
        if (Math.Abs(value) < LargestWhole && IsSame((long)value, value))
        {
            var whole = (long)value;
            Varint(unchecked((ulong)((whole << 1) ^ (whole >> 63))) << 1);
            return;
        }

        Byte(RawMark);
        Span<byte> raw = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(raw, value);
        _bytes.Write(raw);
    }

    public void NumberOrNull(double? value)
    {
        Flag(value is not null);
        if (value is { } number)
        {
            Number(number);
        }
    }

    public void Numbers(ImmutableArray<double> values) => List(values, Number);

    public void Text(string value)
    {
        if (_texts.TryGetValue(value, out var index))
        {
            Count(index + 1);
            return;
        }

        Count(0);
        var utf8 = Encoding.UTF8.GetBytes(value);
        Count(utf8.Length);
        _bytes.Write(utf8);
        _texts.Add(value, _texts.Count);
    }

    public void TextOrNull(string? value)
    {
        Flag(value is not null);
        if (value is not null)
        {
            Text(value);
        }
    }

    public void Instant(DateTimeOffset value) => Count(value.UtcTicks);

    public void InstantOrNull(DateTimeOffset? value)
    {
        Flag(value is not null);
        if (value is { } instant)
        {
            Instant(instant);
        }
    }

    public void Span(TimeSpan value) => Count(value.Ticks);

    public void List<T>(ImmutableArray<T> values, Action<T> write)
    {
        Count(values.Length);
        foreach (var value in values)
        {
            write(value);
        }
    }

    private static bool IsSame(long whole, double value) =>
        BitConverter.DoubleToInt64Bits(whole) == BitConverter.DoubleToInt64Bits(value);

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte(unchecked((byte)(value | 0x80)));
            value >>= 7;
        }

        Byte((byte)value);
    }
}

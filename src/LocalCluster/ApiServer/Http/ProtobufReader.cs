using System.Text;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// One field of a message on the wire: a number, or bytes. Source: protobuf.dev, "Encoding"; the fixed-width types do
/// not occur in Kubernetes' messages.
/// </summary>
internal readonly ref struct ProtobufField(int number, ulong varint, ReadOnlySpan<byte> bytes, bool isVarint)
{
    public int Number { get; } = number;

    public ulong Varint { get; } = varint;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public bool IsVarint { get; } = isVarint;

    /// <summary>Kubernetes writes the fields that are not set too, as zeros and empty texts and messages.</summary>
    public bool IsZero => IsVarint ? Varint == 0 : Bytes.IsEmpty;

    public string Text => Encoding.UTF8.GetString(Bytes);
}

/// <summary>Reads the fields of one message; after <see cref="Next"/> the cursor is behind the field read.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int LongestVarint = 10;

    private ReadOnlySpan<byte> _rest = message;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="FormatException">The message is cut short, or has an unused wire type.</exception>
    public ProtobufField Next()
    {
        var tag = Varint();
        var number = (int)Math.Min(tag >> 3, int.MaxValue);
        switch (tag & 7)
        {
            case 0:
                return new ProtobufField(number, Varint(), default, isVarint: true);
            case 2:
                var length = Varint();
                if (length > (ulong)_rest.Length)
                    throw new FormatException($"field {number} is cut short");
                var bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return new ProtobufField(number, 0, bytes, isVarint: false);
            default:
                throw new FormatException($"field {number} has wire type {tag & 7}");
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var index = 0; index < LongestVarint && index < _rest.Length; index++)
        {
            value |= (ulong)(_rest[index] & 0x7f) << (7 * index);
            if (_rest[index] < 0x80)
            {
                _rest = _rest[(index + 1)..];
                return value;
            }
        }
        throw new FormatException("a number is cut short");
    }
}

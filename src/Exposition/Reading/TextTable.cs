using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>One string for every distinct name or value, found by its bytes without allocating.</summary>
internal sealed class TextTable
{
    private readonly HashSet<string> _texts = new(Utf8Texts.Comparer);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;

    public TextTable() => _byBytes = _texts.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>What the texts take, and their places in the table.</summary>
    public long Bytes { get; private set; }

    public string this[ReadOnlySpan<byte> utf8]
    {
        get
        {
            if (utf8.IsEmpty)
            {
                return "";
            }

            if (!_byBytes.TryGetValue(utf8, out var text))
            {
                text = Encoding.UTF8.GetString(utf8);
                _texts.Add(text);
                Bytes += Footprint.Text(text) + Footprint.TableSlot;
            }

            return text;
        }
    }

    /// <summary>
    /// As above, when the text is likely <paramref name="guess"/>: what stood in the same place a line before.
    /// </summary>
    public string Get(ReadOnlySpan<byte> utf8, string? guess) =>
        guess is not null && guess.Length == utf8.Length && Ascii.Equals(utf8, guess) ? guess : this[utf8];
}

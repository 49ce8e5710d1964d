using System.Text;

namespace Rollouts.Exposition.Reading;

/// <summary>
/// Escapes of label values and HELP texts: <c>\\</c>, <c>\n</c> and <c>\"</c>; any other stays as it is.
/// </summary>
internal static class EscapedText
{
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(escaped);
        }

        var text = new byte[escaped.Length];
        var length = 0;
        for (var at = 0; at < escaped.Length; at++)
        {
            var plain = at + 1 < escaped.Length && escaped[at] == '\\' ? Plain(escaped[at + 1]) : (byte)0;
            text[length++] = plain == 0 ? escaped[at] : plain;
            at += plain == 0 ? 0 : 1;
        }

        return Encoding.UTF8.GetString(text, 0, length);
    }

    private static byte Plain(byte escape) => escape switch
    {
        (byte)'\\' => (byte)'\\',
        (byte)'"' => (byte)'"',
        (byte)'n' => (byte)'\n',
        _ => 0,
    };
}

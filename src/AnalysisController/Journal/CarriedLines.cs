using System.Buffers;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace Rollouts.AnalysisController.Journal;

/// <summary>
/// Lines of the journal as a patch carries them, until the disk has them: one after the other, deflated, in base64.
/// </summary>
/// <param name="Text">Null when there are none.</param>
/// <param name="LeftOut">How many of the oldest did not fit.</param>
internal readonly record struct CarriedLines(string? Text, int LeftOut)
{
    /// <summary>
    /// Most characters of the text. All annotations of an object may take 256 KiB together (Kubernetes
    /// apimachinery/pkg/api/validation/objectmeta.go, TotalAnnotationSizeLimitB); the checkpoint takes as much as this
    /// at most.
    /// </summary>
    public const int MostLength = 64 * 1024;

    /// <summary>Most bytes before they are deflated: bounds the work of either side, also on foreign text.</summary>
    private const int MostPlainBytes = 1024 * 1024;

    public static CarriedLines Of(ImmutableArray<string> lines)
    {
        var (fits, exceeds) = (0, CountWithin(lines, MostPlainBytes) + 1);
        var text = "";
        for (var count = exceeds - 1; exceeds - fits > 1; count = (fits + exceeds) / 2)
        {
            var packed = Pack(lines.AsSpan()[^count..]);
            if (packed.Length <= MostLength)
            {
                (fits, text) = (count, packed);
            }
            else
            {
                exceeds = count;
            }
        }

        return new CarriedLines(fits == 0 ? null : text, lines.Length - fits);
    }

    /// <returns>Empty for what <see cref="Of"/> did not write: somebody put another text there.</returns>
    public static ImmutableArray<string> Read(string? text)
    {
        var packed = new byte[text?.Length ?? 0];
        if (!Convert.TryFromBase64String(text ?? "", packed, out var count) || count == 0)
        {
            return [];
        }

        try
        {
            using var deflate = new DeflateStream(new MemoryStream(packed, 0, count), CompressionMode.Decompress);
            var plain = new byte[MostPlainBytes];
            var length = deflate.ReadAtLeast(plain, MostPlainBytes, throwOnEndOfStream: false);
            return [.. Encoding.UTF8.GetString(plain, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>How many of the latest lines stay within so many bytes.</summary>
    private static int CountWithin(ImmutableArray<string> lines, int bytes)
    {
        var count = 0;
        while (count < lines.Length && (bytes -= Encoding.UTF8.GetByteCount(lines[^(count + 1)]) + 1) >= 0)
        {
            count++;
        }

        return count;
    }

    private static string Pack(ReadOnlySpan<string> lines)
    {
        var plain = new ArrayBufferWriter<byte>();
        foreach (var line in lines)
        {
            Encoding.UTF8.GetBytes(line, plain);
            plain.Write("\n"u8);
        }

        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(plain.WrittenSpan);
        }

        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }
}

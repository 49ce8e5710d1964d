using System.Text;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>A token in a file. It is read anew each time, and appears in no message.</summary>
internal static class BearerToken
{
    /// <summary>Far beyond any header that a server accepts.</summary>
    private const int MostBytes = 8 * 1024;

    /// <summary>Beside letters and digits (RFC 6750 §2.1, b64token).</summary>
    private const string Signs = "-._~+/=";

    /// <summary>The token, or what is wrong with the file.</summary>
    public static async Task<(string? Token, string? Problem)> ReadAsync(string file, CancellationToken cancellation)
    {
        var bytes = new byte[MostBytes + 1];
        int count;
        try
        {
            await using var stream = File.OpenRead(file);
            count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"bearer token file {file}: {e.Message}");
        }

        var token = Encoding.ASCII.GetString(bytes.AsSpan(0, count).Trim(" \r\n\t"u8));
        return token.Length == 0 ? (null, $"bearer token file {file} is empty")
            : count > MostBytes ? (null, $"bearer token file {file} is longer than {MostBytes} bytes")
            : !token.All(sign => char.IsAsciiLetterOrDigit(sign) || Signs.Contains(sign, StringComparison.Ordinal))
                ? (null, $"bearer token file {file} holds something else than one token (RFC 6750)")
            : (token, null);
    }
}

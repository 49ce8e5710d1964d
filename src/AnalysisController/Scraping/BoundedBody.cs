using System.IO.Compression;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>A response body read to its end, inflated, and never beyond a limit.</summary>
internal static class BoundedBody
{
    /// <summary>
    /// Null when the inflated body is longer than <paramref name="limitBytes"/>; what was read until then is dropped.
    /// </summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        HttpResponseMessage response,
        int limitBytes,
        CancellationToken cancellation
    )
    {
        await using var raw = await response.Content.ReadAsStreamAsync(cancellation);
        if (!response.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            return await ReadAsync(raw, Expected(response), limitBytes, cancellation);
        }

        await using var inflated = new GZipStream(raw, CompressionMode.Decompress);
        return await ReadAsync(inflated, Expected(response), limitBytes, cancellation);
    }

    private static int Expected(HttpResponseMessage response) =>
        response.Content.Headers.ContentLength is > 0 and <= int.MaxValue and var length ? (int)length : 16 * 1024;

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        Stream body,
        int expectedBytes,
        int limitBytes,
        CancellationToken cancellation
    )
    {
        var buffer = new byte[Math.Min(expectedBytes, limitBytes) + 1];
        var count = 0;
        while (true)
        {
            var read = await body.ReadAsync(buffer.AsMemory(count), cancellation);
            count += read;
            if (count > limitBytes)
            {
                return null;
            }

            if (read == 0)
            {
                return buffer.AsMemory(0, count);
            }

            if (count == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min((long)buffer.Length * 2, (long)limitBytes + 1));
            }
        }
    }
}

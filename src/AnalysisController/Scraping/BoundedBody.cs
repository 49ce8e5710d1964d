using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>A response body read to its end, inflated, and never beyond a limit. Valid until it is disposed.</summary>
internal sealed class BoundedBody : IDisposable
{
    /// <summary>What a body begins with; what its header promises is not believed.</summary>
    private const int FirstBytes = 16 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _count;

    private BoundedBody() { }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _count);

    /// <summary>
    /// Null when the body is longer than <paramref name="limitBytes"/>, as it came or inflated; what was read until
    /// then is dropped.
    /// </summary>
    /// <exception cref="InvalidDataException">The body is not encoded as its header says.</exception>
    public static async Task<BoundedBody?> ReadAsync(
        HttpResponseMessage response,
        int limitBytes,
        CancellationToken cancellation
    )
    {
        var encoding = string.Join(", ", response.Content.Headers.ContentEncoding);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var raw = await ReadAsync(stream, limitBytes, cancellation);
        switch (encoding)
        {
            case "" or "identity":
                return raw;
            case "gzip" or "x-gzip":
                using (raw)
                {
                    return raw is null ? null : await InflateAsync(raw, limitBytes, cancellation);
                }

            default:
                raw?.Dispose();
                throw new InvalidDataException($"the body is encoded as '{encoding}', wanted gzip or nothing");
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _count) = ([], 0);
    }

    private static async Task<BoundedBody?> ReadAsync(Stream stream, int limitBytes, CancellationToken cancellation)
    {
        var body = new BoundedBody();
        var isComplete = false;
        try
        {
            isComplete = await body.FillAsync(stream, limitBytes, cancellation);
            return isComplete ? body : null;
        }
        finally
        {
            if (!isComplete)
            {
                body.Dispose();
            }
        }
    }

    /// <remarks>
    /// GZipStream takes input that breaks off for its end. The last four bytes hold the inflated length (RFC 1952
    /// §2.3.1, ISIZE) and tell one from the other.
    /// </remarks>
    private static async Task<BoundedBody?> InflateAsync(
        BoundedBody raw,
        int limitBytes,
        CancellationToken cancellation
    )
    {
        await using var packed = new MemoryStream(raw._buffer, 0, raw._count, writable: false);
        await using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        var inflated = await ReadAsync(gzip, limitBytes, cancellation);
        if (inflated is not null && !EndsIn(raw.Bytes, (uint)inflated._count))
        {
            inflated.Dispose();
            throw new InvalidDataException("the gzip broke off, or is more than one");
        }

        return inflated;
    }

    private static bool EndsIn(ReadOnlySpan<byte> bytes, uint length) =>
        bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) == length;

    private async Task<bool> FillAsync(Stream stream, int limitBytes, CancellationToken cancellation)
    {
        while (true)
        {
            // One byte beyond the limit tells a body that ends at it from one that goes on.
            var room = Math.Min(_buffer.Length, limitBytes + 1) - _count;
            if (room == 0)
            {
                if (_count > limitBytes)
                {
                    return false;
                }

                Grow();
                continue;
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_count, room), cancellation);
            _count += read;
            if (read == 0)
            {
                return true;
            }
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

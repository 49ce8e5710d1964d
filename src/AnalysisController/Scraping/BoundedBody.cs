using System.Buffers.Binary;
using System.IO.Compression;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// A response body, read and inflated as far as its bounds allow; <see cref="End"/> says how far. Valid until it is
/// disposed.
/// </summary>
internal sealed class BoundedBody : IDisposable
{
    /// <summary>What a body begins with; what its header promises is not believed.</summary>
    private const int FirstBytes = 16 * 1024;

    private readonly ScrapeMemory _memory;
    private byte[] _buffer = [];
    private int _count;

    private BoundedBody(ScrapeMemory memory) => _memory = memory;

    public BodyEnd End { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _count);

    /// <param name="limitBytes">Of the body, as it comes and inflated.</param>
    /// <param name="memory">What the buffers are taken from, until the body is disposed.</param>
    /// <exception cref="InvalidDataException">The body is not encoded as its header says.</exception>
    public static async Task<BoundedBody> ReadAsync(
        HttpResponseMessage response,
        int limitBytes,
        ScrapeMemory memory,
        CancellationToken cancellation
    )
    {
        var encoding = string.Join(", ", response.Content.Headers.ContentEncoding);
        if (encoding is not ("" or "identity" or "gzip" or "x-gzip"))
        {
            throw new InvalidDataException($"the body is encoded as '{encoding}', wanted gzip or nothing");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var raw = await ReadAsync(stream, limitBytes, memory, cancellation);
        if (raw.End != BodyEnd.Whole || encoding is "" or "identity")
        {
            return raw;
        }

        using (raw)
        {
            return await InflateAsync(raw, limitBytes, cancellation);
        }
    }

    public void Dispose()
    {
        Return(_buffer);
        (_buffer, _count) = ([], 0);
    }

    private static async Task<BoundedBody> ReadAsync(
        Stream stream,
        int limitBytes,
        ScrapeMemory memory,
        CancellationToken cancellation
    )
    {
        var body = new BoundedBody(memory);
        var isRead = false;
        try
        {
            body.End = await body.FillAsync(stream, limitBytes, cancellation);
            isRead = true;
            return body;
        }
        finally
        {
            if (!isRead)
            {
                body.Dispose();
            }
        }
    }

    /// <remarks>
    /// GZipStream takes input that breaks off for its end. The last four bytes hold the inflated length (RFC 1952
    /// §2.3.1, ISIZE) and tell one from the other.
    /// </remarks>
    private static async Task<BoundedBody> InflateAsync(
        BoundedBody raw,
        int limitBytes,
        CancellationToken cancellation
    )
    {
        await using var packed = new MemoryStream(raw._buffer, 0, raw._count, writable: false);
        await using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        var inflated = await ReadAsync(gzip, limitBytes, raw._memory, cancellation);
        if (inflated.End == BodyEnd.Whole && !EndsIn(raw.Bytes, (uint)inflated._count))
        {
            inflated.Dispose();
            throw new InvalidDataException("the gzip broke off, or is more than one");
        }

        return inflated;
    }

    private static bool EndsIn(ReadOnlySpan<byte> bytes, uint length) =>
        bytes.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) == length;

    private async Task<BodyEnd> FillAsync(Stream stream, int limitBytes, CancellationToken cancellation)
    {
        while (true)
        {
            // One byte beyond the limit tells a body that ends at it from one that goes on.
            var room = Math.Min(_buffer.Length, limitBytes + 1) - _count;
            if (room == 0)
            {
                if (_count > limitBytes)
                {
                    return BodyEnd.TooLarge;
                }

                if (!TryGrow(limitBytes))
                {
                    return BodyEnd.NoMemory;
                }

                continue;
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_count, room), cancellation);
            _count += read;
            if (read == 0)
            {
                return BodyEnd.Whole;
            }
        }
    }

    /// <summary>The old buffer and the new one are both there for a moment, and both count.</summary>
    private bool TryGrow(int limitBytes)
    {
        var bytes = Math.Min(Math.Max(FirstBytes, _buffer.Length * 2L), limitBytes + 1L);
        if (_memory.Lend((int)bytes) is not { } larger)
        {
            return false;
        }

        Bytes.CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
        return true;
    }

    private void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            _memory.Return(buffer);
        }
    }
}

/// <summary>Why the reading of a body ended.</summary>
internal enum BodyEnd
{
    /// <summary>All of it came.</summary>
    Whole,

    /// <summary>It is longer than it may be, as it comes or inflated.</summary>
    TooLarge,

    /// <summary>All scrapes together hold what they may.</summary>
    NoMemory,
}

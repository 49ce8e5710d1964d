namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// The memory that all scrapes under way may take together: bodies on their way, and what was read of them until its
/// round is judged. Nobody waits for it, so nobody can hold the others up: what does not fit fails.
/// </summary>
/// <remarks>
/// Buffers are lent from here and not from the pool of the process: that one keeps, size by size, as many as were ever
/// in use at once, which is many times the bound in sum.
/// </remarks>
internal sealed class ScrapeMemory(long mostBytes)
{
    /// <summary>The part of the bound that buffers may take that nobody uses at the moment.</summary>
    private const int IdleShare = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Stack<byte[]>> _idle = [];
    private long _idleBytes;
    private long _bytes;

    public long MostBytes => mostBytes;

    /// <summary>Why something did not fit, for messages.</summary>
    public string Full =>
        $"all scrapes together may hold {mostBytes} bytes at a time (--scrape-memory-limit), and this did not fit";

    /// <summary>Taken at this moment.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    public bool TryTake(long bytes)
    {
        lock (_lock)
        {
            if (bytes > mostBytes - _bytes)
            {
                return false;
            }

            _bytes += bytes;
            if (_idleBytes > mostBytes - _bytes)
            {
                _idle.Clear();
                _idleBytes = 0;
            }

            return true;
        }
    }

    public void Give(long bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
        }
    }

    /// <summary>A buffer of exactly this size, of whatever content; null when it does not fit.</summary>
    public byte[]? Lend(int bytes)
    {
        lock (_lock)
        {
            if (!TryTake(bytes))
            {
                return null;
            }

            if (_idle.TryGetValue(bytes, out var idle) && idle.TryPop(out var buffer))
            {
                _idleBytes -= bytes;
                return buffer;
            }
        }

        try
        {
            return GC.AllocateUninitializedArray<byte>(bytes);
        }
        catch (OutOfMemoryException)
        {
            // The process has less than the limit promises. What was taken for this buffer must not stay taken.
            Give(bytes);
            return null;
        }
    }

    /// <param name="buffer">One that was lent; its borrower must not touch it any more.</param>
    public void Return(byte[] buffer)
    {
        lock (_lock)
        {
            Give(buffer.Length);
            if (_idleBytes + buffer.Length > Math.Min(mostBytes / IdleShare, mostBytes - _bytes))
            {
                return;
            }

            if (!_idle.TryGetValue(buffer.Length, out var idle))
            {
                _idle[buffer.Length] = idle = new Stack<byte[]>();
            }

            idle.Push(buffer);
            _idleBytes += buffer.Length;
        }
    }
}

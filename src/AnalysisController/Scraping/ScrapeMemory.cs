namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// The memory that all scrapes under way may take together: bodies on their way, and what was read of them until its
/// round is judged. Nobody waits for it, so nobody can hold the others up: what does not fit fails.
/// </summary>
internal sealed class ScrapeMemory(long mostBytes)
{
    private readonly Lock _lock = new();
    private long _bytes;

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
}

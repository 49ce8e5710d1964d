namespace Rollouts.AnalysisController.Scraping;

/// <summary>What one round of scrapes has taken of the memory of all; it goes back as a whole.</summary>
internal sealed class MemoryHold(ScrapeMemory memory) : IDisposable
{
    private long _bytes;

    public bool TryTake(long bytes)
    {
        if (!memory.TryTake(bytes))
        {
            return false;
        }

        Interlocked.Add(ref _bytes, bytes);
        return true;
    }

    public void Give(long bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        memory.Give(bytes);
    }

    public void Dispose() => memory.Give(Interlocked.Exchange(ref _bytes, 0));
}

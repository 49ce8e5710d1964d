using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// The bodies of one round: read one after another by one reader, so that what pods have in common is there once; what
/// was read of them counts until the round is over.
/// </summary>
/// <param name="rollout">Whose reader is used; empty for one that is not remembered.</param>
/// <param name="keeps">Which families keep their samples, by name; null keeps all.</param>
internal sealed class RoundReading(ScrapeMemory memory, ReaderShelf shelf, string rollout, Func<string, bool>? keeps)
    : IDisposable
{
    /// <summary>The part of the memory up to which the cost of a body is only told roughly.</summary>
    private const int RoughShare = 32;

    private readonly MemoryHold _held = new(memory);
    private readonly RepeatedReader _reader = shelf.Take(rollout);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Why a body was not read, for messages.</summary>
    public string Full => memory.Full;

    /// <returns>Null when there is not enough memory to read it.</returns>
    public async Task<ExpositionResult?> ReadAsync(
        BoundedBody body, string? contentType, CancellationToken cancellation)
    {
        // A thread that waited here would be missing elsewhere; and what reading may cost is taken by one at a time.
        await _turn.WaitAsync(cancellation);
        try
        {
            return Read(body.Bytes, contentType);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>As above, in the caller's turn.</summary>
    public ExpositionResult? Read(ReadOnlySpan<byte> body, string? contentType)
    {
        var most = ReadingCost.MostOf(body, shelf.Limits.MaxSamples, unseen: memory.MostBytes / RoughShare);
        if (!_held.TryTake(most))
        {
            return null;
        }

        // What the reader remembered before counts on its shelf.
        var before = _reader.RememberedBytes;
        var result = _reader.Read(body, contentType, keeps);
        _held.Give(most - _reader.ResultBytes - (_reader.RememberedBytes - before));
        return result;
    }

    public void Dispose()
    {
        shelf.Put(rollout, _reader);
        _held.Dispose();
        _turn.Dispose();
    }
}

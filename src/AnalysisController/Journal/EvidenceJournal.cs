using System.Threading.Channels;

namespace Rollouts.AnalysisController.Journal;

/// <summary>
/// The append-only record of every evidence interval, a file for each run, readable by <c>replay</c>. It is written
/// beside the work and never in its way: a disk that is full, read-only or slow costs lines of the journal, and neither
/// time nor verdicts.
/// </summary>
internal sealed class EvidenceJournal(
    JournalOptions options,
    TimeProvider clock,
    ControllerMetrics metrics,
    ILogger log
)
{
    /// <summary>Batches of entries that wait for the disk; what comes when it is full is dropped.</summary>
    private const int MostWaiting = 1024;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a disk that takes nothing may hold up what waits behind an entry.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How long the last entries may take when we are told to stop.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    private readonly Channel<IEnumerable<JournalEntry>> _waiting = Channel.CreateBounded<IEnumerable<JournalEntry>>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true }
    );

    /// <summary>Why the disk did not take the latest entry; empty when it did.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>Called after the patch that carries the same evidence, never before.</summary>
    public void Append(JournalEntry entry)
    {
        if (!entry.Lines.IsEmpty)
        {
            Enqueue([entry]);
        }
    }

    /// <summary>What patches carried that another process wrote: before all that comes after, and at leisure.</summary>
    /// <param name="entries">Read when their turn comes, one by one: there may be thousands.</param>
    public void CatchUp(IEnumerable<JournalEntry> entries) => Enqueue(entries);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var stopping = cancellation.Register(() => stop.CancelAfter(FlushTimeout));
        try
        {
            while (true)
            {
                while (_waiting.Reader.TryRead(out var entries))
                {
                    await WriteAsync(entries, stop.Token);
                }

                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                await WaitAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The disk is too slow for what is left; the checkpoints bring the latest of it back.
        }
    }

    private void Enqueue(IEnumerable<JournalEntry> entries)
    {
        if (!_waiting.Writer.TryWrite(entries))
        {
            metrics.JournalFailed();
        }
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await _waiting.Reader.WaitToReadAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Once around: what came meanwhile is written.
        }
    }

    /// <summary>What is left of them when the disk takes one for too long is dropped with that one.</summary>
    private async Task WriteAsync(IEnumerable<JournalEntry> entries, CancellationToken cancellation)
    {
        foreach (var entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            var since = clock.GetTimestamp();
            while (!TryWrite(entry))
            {
                if (clock.GetElapsedTime(since) >= Patience)
                {
                    metrics.JournalFailed();
                    return;
                }

                await Task.Delay(RetryInterval, clock, cancellation);
            }
        }
    }

    private bool TryWrite(JournalEntry entry)
    {
        try
        {
            var isNew = !File.Exists(JournalFile.PathOf(options.Folder, entry.Run));
            if (isNew && !entry.IsTail)
            {
                JournalRetention.Prune(options);
            }

            metrics.Journaled(JournalFile.Append(options.Folder, entry));
            if (Failure.Length > 0)
            {
                Failure = "";
                ControllerLog.JournalRecovered(log, options.Folder);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Failure.Length == 0)
            {
                ControllerLog.JournalFailed(log, options.Folder, e.Message);
            }

            Failure = e.Message;
            return false;
        }
    }
}

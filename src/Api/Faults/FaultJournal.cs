using System.Collections.Immutable;
using System.Threading.Channels;
using Npgsql;
using Rollouts.Api.Postgres;

namespace Rollouts.Api.Faults;

/// <summary>The last switches, newest first: of this pod from memory, of all pods when there is a database.</summary>
internal sealed class FaultJournal(Database? database)
{
    private const int Limit = 200;

    private readonly Channel<FaultRecord> _unsaved = Channel.CreateBounded<FaultRecord>(
        new BoundedChannelOptions(Limit) { FullMode = BoundedChannelFullMode.DropOldest });

    private ImmutableList<FaultRecord> _records = [];

    /// <summary>What is still to be carried into the database.</summary>
    public ChannelReader<FaultRecord> Unsaved => _unsaved.Reader;

    public void Add(FaultRecord record)
    {
        ImmutableInterlocked.Update(
            ref _records,
            static (records, added) =>
                (records.Count < Limit ? records : records.RemoveAt(records.Count - 1)).Insert(0, added),
            record);
        if (database is not null)
        {
            _unsaved.Writer.TryWrite(record);
        }
    }

    public async Task<FaultHistoryAnswer> ReadAsync(CancellationToken cancellation)
    {
        ImmutableArray<FaultRecord> own = [.. _records];
        if (database is null)
        {
            return new FaultHistoryAnswer("memory", own);
        }

        try
        {
            return new FaultHistoryAnswer("postgresql", await database.ReadJournalAsync(cancellation));
        }
        catch (NpgsqlException)
        {
            // The answer says that it is only what this pod remembers.
            return new FaultHistoryAnswer("memory", own);
        }
    }
}

using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Rollouts.Api.Faults;
using Rollouts.Api.Items;

namespace Rollouts.Api.Postgres;

/// <summary>What the API keeps in PostgreSQL: the items and the journal of faults.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const int CommandSeconds = 3;
    private const int HistoryLimit = 200;

    private readonly NpgsqlDataSource _source;

    public Database(string connection)
    {
        var text = new NpgsqlConnectionStringBuilder(connection)
        {
            Timeout = CommandSeconds,
            CommandTimeout = CommandSeconds,
            ApplicationName = "sample-api",
        };
        _source = new NpgsqlSlimDataSourceBuilder(text.ConnectionString).Build();
    }

    /// <summary>True once the schema is there.</summary>
    public bool IsMigrated { get; private set; }

    public async Task MigrateAsync(CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation);
        await Migrations.ApplyAsync(connection, cancellation);
        IsMigrated = true;
    }

    public async Task PingAsync(CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellation);
    }

    public async Task<ImmutableArray<Item>> ReadItemsAsync(CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(
            "SELECT id, name, category, price_cents FROM items ORDER BY id");
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var items = ImmutableArray.CreateBuilder<Item>();
        while (await row.ReadAsync(cancellation))
        {
            items.Add(new Item(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt32(3)));
        }

        return items.ToImmutable();
    }

    /// <summary>Appends a line of the journal; a line that is there already stays alone.</summary>
    public async Task AppendAsync(FaultRecord line, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(
            """
            INSERT INTO fault_journal (at, who, action, kind, what, until, pod) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT DO NOTHING
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = line.At });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = line.By });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = line.Action });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = line.Kind });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = line.What });
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = line.Until is { } until ? until : DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.TimestampTz,
        });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = line.Pod });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The newest lines of the journal, of all pods.</summary>
    public async Task<ImmutableArray<FaultRecord>> ReadJournalAsync(CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(
            $"""
            SELECT at, who, action, kind, what, until, pod FROM fault_journal
            ORDER BY at DESC, id DESC LIMIT {HistoryLimit}
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var lines = ImmutableArray.CreateBuilder<FaultRecord>();
        while (await row.ReadAsync(cancellation))
        {
            lines.Add(
                new FaultRecord(
                    await row.GetFieldValueAsync<DateTimeOffset>(0, cancellation),
                    row.GetString(1),
                    row.GetString(2),
                    row.GetString(3),
                    row.GetString(4),
                    await row.IsDBNullAsync(5, cancellation)
                        ? null
                        : await row.GetFieldValueAsync<DateTimeOffset>(5, cancellation),
                    row.GetString(6)));
        }

        return lines.ToImmutable();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

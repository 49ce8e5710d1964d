using System.Globalization;
using System.Text;
using Npgsql;
using Rollouts.Api.Items;

namespace Rollouts.Api.Postgres;

/// <summary>The steps that bring a database to today's schema. A step, once released, is never changed.</summary>
internal static class Migrations
{
    // Any constant: it only keeps two pods from migrating at the same time.
    private const long LockKey = 0x5A3B_1E00;

    private static readonly string[] Steps =
    [
        """
        CREATE TABLE items (
            id integer PRIMARY KEY,
            name text NOT NULL,
            category text NOT NULL,
            price_cents integer NOT NULL CHECK (price_cents >= 0))
        """,
        """
        CREATE TABLE fault_journal (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            who text NOT NULL,
            action text NOT NULL,
            kind text NOT NULL,
            what text NOT NULL,
            until timestamptz,
            pod text NOT NULL,
            UNIQUE (at, kind, action, pod))
        """,
        Seed(),
    ];

    public static async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunAsync($"SELECT pg_advisory_xact_lock({LockKey})");
        await RunAsync("CREATE TABLE IF NOT EXISTS schema_steps (step integer PRIMARY KEY)");
        await using var count = new NpgsqlCommand("SELECT count(*) FROM schema_steps", connection, transaction);
        var done = (long)(await count.ExecuteScalarAsync(cancellation) ?? 0L);
        for (var step = (int)done; step < Steps.Length; step++)
        {
            await RunAsync(Steps[step]);
            await RunAsync(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO schema_steps VALUES ({step})"));
        }

        await transaction.CommitAsync(cancellation);

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static string Seed()
    {
        var sql = new StringBuilder("INSERT INTO items VALUES ");
        foreach (var item in Catalogue.Items)
        {
            sql.Append(
                CultureInfo.InvariantCulture,
                $"{(item.Id == 1 ? "" : ", ")}({item.Id}, '{item.Name}', '{item.Category}', {item.PriceCents})");
        }

        return sql.ToString();
    }
}

using System.Threading.Channels;
using Npgsql;
using Rollouts.Api.Faults;

namespace Rollouts.Api.Postgres;

/// <summary>
/// Migrates the database as soon as it is there, then carries the journal into it, in order, without losing a line.
/// </summary>
internal sealed partial class DatabaseStart(
    Database database, ChannelReader<FaultRecord> journal, TimeProvider clock, ILogger<DatabaseStart> log)
    : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await UntilDoneAsync("migration", database.MigrateAsync, stoppingToken);
        while (await journal.WaitToReadAsync(stoppingToken))
        {
            while (journal.TryRead(out var line))
            {
                await UntilDoneAsync(
                    "journal",
                    cancellation => database.AppendAsync(line, cancellation),
                    stoppingToken);
            }
        }
    }

    private async Task UntilDoneAsync(
        string what, Func<CancellationToken, Task> actAsync, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await actAsync(cancellation);
                return;
            }
            catch (NpgsqlException failure)
            {
                LogRetry(what, failure.Message);
                await Task.Delay(RetryInterval, clock, cancellation);
            }
        }
    }

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "Database {What} waits: {Reason}")]
    private partial void LogRetry(string what, string reason);
}

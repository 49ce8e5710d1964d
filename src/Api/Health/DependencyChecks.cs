using System.Net.Sockets;
using Npgsql;
using Rollouts.Api.Postgres;
using Rollouts.Api.Redis;

namespace Rollouts.Api.Health;

/// <summary>The checks of the configured servers: how long they take to answer.</summary>
internal static class DependencyChecks
{
    public static HealthCheck Of(Database database, TimeProvider clock) => new(
        "postgresql:responseTime",
        HealthNeed.Always,
        cancellation => MeasureAsync(clock, async () =>
        {
            await database.PingAsync(cancellation);
            return database.IsMigrated ? null : "the schema is not migrated yet";
        }));

    public static HealthCheck Of(RedisLink redis, TimeProvider clock) => new(
        "redis:responseTime",
        HealthNeed.AtStart,
        cancellation => MeasureAsync(clock, async () =>
        {
            await redis.PingAsync(cancellation);
            return null;
        }));

    // What a caller learns names the kind of failure, no host and no stack (draft-inadarei-api-health-check,
    // section 6).
    private static async Task<HealthEntry> MeasureAsync(TimeProvider clock, Func<Task<string?>> askAsync)
    {
        var start = clock.GetTimestamp();
        string? output;
        try
        {
            output = await askAsync();
        }
        catch (Exception failure)
            when (failure is NpgsqlException or SocketException || RedisLink.IsAway(failure))
        {
            output = "not reachable";
        }

        return new HealthEntry(
            output is null ? "pass" : "fail",
            "datastore",
            Math.Round(clock.GetElapsedTime(start).TotalMilliseconds, 1),
            "ms",
            clock.GetUtcNow(),
            output);
    }
}

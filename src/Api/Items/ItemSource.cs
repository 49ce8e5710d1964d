using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Rollouts.Api.Postgres;
using Rollouts.Api.Redis;

namespace Rollouts.Api.Items;

/// <summary>Where the items come from: memory, or the database with Redis before it.</summary>
internal sealed class ItemSource(Database? database, RedisLink? redis)
{
    private const string CacheKey = "sample-api:items";

    private static readonly TimeSpan CacheLifetime = TimeSpan.FromSeconds(10);

    /// <summary>All items; null when there is a database and neither it nor the cache answers.</summary>
    public async ValueTask<ImmutableArray<Item>?> ReadAsync(CancellationToken cancellation)
    {
        if (database is null)
        {
            return Catalogue.Items;
        }

        if (redis is not null
            && await redis.TryGetAsync(CacheKey, cancellation) is { } cached
            && TryRead(cached, out var items))
        {
            return items;
        }

        try
        {
            items = await database.ReadItemsAsync(cancellation);
        }
        catch (NpgsqlException)
        {
            // The health check of the database says why; the caller answers 503.
            return null;
        }

        if (redis is not null)
        {
            var text = JsonSerializer.Serialize(items, ApiJson.Plain.ImmutableArrayItem);
            await redis.TrySetAsync(CacheKey, text, CacheLifetime, cancellation);
        }

        return items;
    }

    // What stands in a shared cache was written by someone else: unreadable is as good as absent.
    private static bool TryRead(string cached, out ImmutableArray<Item> items)
    {
        try
        {
            items = JsonSerializer.Deserialize(cached, ApiJson.Plain.ImmutableArrayItem);
            return !items.IsDefaultOrEmpty;
        }
        catch (JsonException)
        {
            items = [];
            return false;
        }
    }
}

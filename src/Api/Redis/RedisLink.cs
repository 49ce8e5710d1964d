using StackExchange.Redis;

namespace Rollouts.Api.Redis;

/// <summary>
/// The connection to Redis, which may be absent at any time. Only calls that StackExchange.Redis 2 has too.
/// </summary>
internal sealed class RedisLink : IDisposable
{
    private const int TimeoutMilliseconds = 500;

    private readonly Lock _lock = new();
    private readonly ConfigurationOptions _options;
    private Task<ConnectionMultiplexer>? _connecting;

    public RedisLink(string configuration)
    {
        _options = ConfigurationOptions.Parse(configuration);
        _options.AbortOnConnectFail = false;
        _options.ConnectTimeout = TimeoutMilliseconds;
        _options.SyncTimeout = TimeoutMilliseconds;
        _options.ClientName = "sample-api";
    }

    /// <summary>The connection; it comes back by itself after a loss.</summary>
    public Task<ConnectionMultiplexer> ConnectAsync()
    {
        lock (_lock)
        {
            if (_connecting is null or { IsFaulted: true })
            {
                _connecting = ConnectionMultiplexer.ConnectAsync(_options);
            }

            return _connecting;
        }
    }

    /// <summary>Reads a text; null when there is none or Redis is away.</summary>
    public async Task<string?> TryGetAsync(string key, CancellationToken cancellation)
    {
        try
        {
            var redis = await ConnectAsync().WaitAsync(cancellation);
            return redis.IsConnected ? await redis.GetDatabase().StringGetAsync(key).WaitAsync(cancellation) : default;
        }
        catch (Exception away) when (IsAway(away))
        {
            return null;
        }
    }

    /// <summary>Writes a text that expires. False when Redis is away.</summary>
    public async Task<bool> TrySetAsync(string key, string value, TimeSpan lifetime, CancellationToken cancellation)
    {
        try
        {
            var redis = await ConnectAsync().WaitAsync(cancellation);
            return redis.IsConnected
                && await redis.GetDatabase().StringSetAsync(key, value, lifetime).WaitAsync(cancellation);
        }
        catch (Exception away) when (IsAway(away))
        {
            return false;
        }
    }

    public async Task<TimeSpan> PingAsync(CancellationToken cancellation) =>
        await (await ConnectAsync().WaitAsync(cancellation)).GetDatabase().PingAsync().WaitAsync(cancellation);

    /// <summary>
    /// What StackExchange.Redis throws when a server is not there, too slow, or still loading its data.
    /// </summary>
    public static bool IsAway(Exception failure) =>
        failure is RedisConnectionException or RedisServerException or TimeoutException;

    public void Dispose()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
        {
            connected.Result.Dispose();
        }
    }
}

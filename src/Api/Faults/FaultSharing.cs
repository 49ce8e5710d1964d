using System.Text.Json;
using Rollouts.Api.Redis;
using StackExchange.Redis;

namespace Rollouts.Api.Faults;

/// <summary>What Redis holds for one kind: the switch, or null and when it was switched off.</summary>
internal sealed record SharedFault(FaultSwitch? Switch, DateTimeOffset At);

/// <summary>
/// Keeps the boards of all pods in step through Redis: a hash is the state, a channel says that it changed.
/// </summary>
/// <remarks>
/// Every pod reads the whole hash, on the word of the channel and every few seconds: a lost message loses nothing.
/// </remarks>
internal sealed partial class FaultSharing(
    RedisLink redis,
    FaultBoard board,
    FaultCaps caps,
    TimeProvider clock,
    ILogger<FaultSharing> log) : BackgroundService
{
    private const string Key = "sample-api:faults";

    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private volatile bool _isConnected;

    /// <summary>True when a switch reaches every pod.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Tells all pods. False when Redis is away: then only this pod knows.</summary>
    public async Task<bool> TryShareAsync(FaultKind kind, FaultSwitch? fault, CancellationToken cancellation)
    {
        var shared = new SharedFault(fault, clock.GetUtcNow());
        try
        {
            var link = await redis.ConnectAsync().WaitAsync(cancellation);
            var database = link.GetDatabase();
            var text = JsonSerializer.Serialize(shared, ApiJson.Plain.SharedFault);
            await database.HashSetAsync(Key, FaultSchema.Of(kind).Name, text).WaitAsync(cancellation);
            await database.KeyExpireAsync(Key, caps.Duration + TimeSpan.FromHours(1)).WaitAsync(cancellation);
            await database.PublishAsync(Key, "changed").WaitAsync(cancellation);
            return true;
        }
        catch (Exception away) when (RedisLink.IsAway(away))
        {
            LogAway(away.Message);
            return false;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isSubscribed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var link = await redis.ConnectAsync().WaitAsync(stoppingToken);
                if (!isSubscribed && link.IsConnected)
                {
                    await link.GetSubscriber().SubscribeAsync(Key, (_, _) => Wake()).WaitAsync(stoppingToken);
                    isSubscribed = true;
                }

                Adopt(await link.GetDatabase().HashGetAllAsync(Key).WaitAsync(stoppingToken));
                _isConnected = true;
            }
            catch (Exception away) when (RedisLink.IsAway(away))
            {
                if (_isConnected)
                {
                    LogAway(away.Message);
                }

                _isConnected = false;
            }

            await _wake.WaitAsync(ReadInterval, stoppingToken);
        }
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    private void Adopt(HashEntry[] entries)
    {
        foreach (var entry in entries)
        {
            if (FaultSchema.Named(entry.Name) is { } schema && Read(schema, entry.Value) is { } shared)
            {
                Adopt(schema.Kind, shared);
            }
        }
    }

    // What is not in Redis is left alone: a fault of the environment, or Redis came back empty.
    private void Adopt(FaultKind kind, SharedFault shared)
    {
        var known = board.Known(kind);
        if (shared.Switch is { } fault)
        {
            if (fault.IsActiveAt(clock.GetUtcNow()) && (known is null || known.StartedAt < fault.StartedAt))
            {
                board.Put(fault);
            }
        }
        else if (known is not null && known.StartedAt <= shared.At)
        {
            board.Remove(kind);
        }
    }

    // Others write this hash too: a switch that breaks the schema or this pod's caps is refused here as at the border.
    private SharedFault? Read(FaultSchema schema, string? text)
    {
        try
        {
            var shared = JsonSerializer.Deserialize(text ?? "", ApiJson.Plain.SharedFault);
            if (
                shared?.Switch is not { } fault
                || (fault.Kind == schema.Kind && FaultParser.IsWithin(schema, fault, caps)))
            {
                return shared;
            }
        }
        catch (JsonException wrong)
        {
            LogRefused(schema.Name, wrong.Message);
            return null;
        }

        LogRefused(schema.Name, "it breaks the schema or the caps of this pod");
        return null;
    }

    [LoggerMessage(
        EventId = 11,
        Level = LogLevel.Warning,
        Message = "Redis is away, switches reach this pod only: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventId = 12, Level = LogLevel.Warning, Message = "Shared fault {Kind} refused: {Reason}")]
    private partial void LogRefused(string kind, string reason);
}

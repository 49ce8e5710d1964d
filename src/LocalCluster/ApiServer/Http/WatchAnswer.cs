using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Storage;
using Rollouts.LocalCluster.ApiServer.Tables;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// One watch: events as lines of JSON until the timeout, the client's leaving, or the end of what is remembered, which
/// is an ERROR event with 410 (API concepts, "Efficient detection of changes").
/// </summary>
internal sealed class WatchAnswer(
    ClusterState state,
    ApiServerOptions options,
    HttpContext context,
    RequestPath path,
    ResourceTable? table)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private readonly ObjectFilter _filter = context.Request.Filter(path.Kind, path.Namespace);
    private readonly bool _wantsBookmarks = context.Request.QueryFlag("allowWatchBookmarks");

    public async Task WriteAsync(CancellationToken stopping)
    {
        var request = context.Request;
        if (request.QueryText("sendInitialEvents") is not null)
        {
            throw Refused(
                "sendInitialEvents",
                "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
        }
        var timeout = request.QueryWhole("timeoutSeconds") is { } seconds and > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, DefaultTimeout.TotalSeconds))
            : DefaultTimeout;
        var (initial, watch) = Open(request.QueryWhole("resourceVersion") ?? 0);
        using var deadline = new CancellationTokenSource(timeout, options.TimeProvider);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token,
            context.RequestAborted,
            stopping);
        using var subscription = watch;
        context.Response.ContentType = "application/json";
        foreach (var existing in initial)
            await WriteAsync("ADDED", existing);
        if (watch is null)
        {
            await WriteExpiredAsync(
                $"too old resource version: {request.QueryText("resourceVersion")} ({state.Store.Revision})");
            return;
        }
        await context.Response.Body.FlushAsync(context.RequestAborted);
        try
        {
            await FollowAsync(watch, ended.Token);
        }
        catch (OperationCanceledException)
            when (ended.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await WriteBookmarkAsync(watch);
        }
    }

    /// <returns>No watch when the version asked for is not remembered, or is one that this server has not
    /// reached.</returns>
    private (IReadOnlyList<StoredObject> Initial, ObjectWatch? Watch) Open(long resourceVersion) =>
        state.Store.Transact(() =>
        {
            var resource = path.Kind.Resource;
            if (resourceVersion > state.Store.Revision)
                return ([], null);
            if (resourceVersion > 0)
                return ((IReadOnlyList<StoredObject>)[], state.Store.Watch(resource, resourceVersion));
            var now = state.Store.List(resource);
            return ([.. now.Objects.Where(_filter.Matches)], state.Store.Watch(resource, now.ResourceVersion));
        });

    private async Task FollowAsync(ObjectWatch watch, CancellationToken ended)
    {
        foreach (var change in watch.Backlog)
            await WriteAsync(change);
        using var ticks = new PeriodicTimer(options.BookmarkInterval, options.TimeProvider);
        var tick = ticks.WaitForNextTickAsync(ended).AsTask();
        var more = watch.Changes.WaitToReadAsync(ended).AsTask();
        while (true)
        {
            await context.Response.Body.FlushAsync(ended);
            if (await Task.WhenAny(more, tick) == tick)
            {
                await tick;
                await WriteBookmarkAsync(watch);
                tick = ticks.WaitForNextTickAsync(ended).AsTask();
                continue;
            }
            if (!await more)
                break;
            while (watch.Changes.TryRead(out var change))
                await WriteAsync(change);
            more = watch.Changes.WaitToReadAsync(ended).AsTask();
        }
        if (watch.FellBehind)
            await WriteExpiredAsync($"the watcher fell more than {options.WatchQueueBound} changes behind");
    }

    private Task WriteAsync(ObjectChange change)
    {
        var was = change.Before is { } before && _filter.Matches(before);
        var isNow = change.Type != ClusterEventType.Deleted && _filter.Matches(change.Object);
        return (was, isNow) switch
        {
            (false, true) => WriteAsync("ADDED", change.Object),
            (true, true) => WriteAsync("MODIFIED", change.Object),
            (true, false) => WriteAsync("DELETED", change.Object),
            _ => Task.CompletedTask,
        };
    }

    private Task WriteAsync(string type, StoredObject changed)
    {
        if (table is null)
            return WriteAsync(type, changed.Json);
        var metadata = new JsonObject
        {
            ["resourceVersion"] = changed.ResourceVersion.ToString(CultureInfo.InvariantCulture),
        };
        return WriteAsync(type, table.Of([changed], metadata));
    }

    /// <summary>Says up to which version everything was told; skipped while something waits to be told.</summary>
    private async Task WriteBookmarkAsync(ObjectWatch watch)
    {
        var told = state.Store.Transact<long?>(() => watch.Changes.TryPeek(out _) ? null : state.Store.Revision);
        if (!_wantsBookmarks || told is not { } version)
            return;
        var metadata = new JsonObject
        {
            ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = null,
        };
        var bookmark =
            table?.Of([], metadata)
            ?? new JsonObject
            {
                ["kind"] = path.Kind.Kind,
                ["apiVersion"] = path.Kind.ApiVersion,
                ["metadata"] = metadata,
            };
        await WriteAsync("BOOKMARK", bookmark);
    }

    private Task WriteExpiredAsync(string message) =>
        WriteAsync("ERROR", ApiException.Expired(message).Status.ToJson());

    private Task WriteAsync(string type, JsonObject body) =>
        WriteAsync(type, Encoding.UTF8.GetBytes(body.ToJsonString()));

    private async Task WriteAsync(string type, ReadOnlyMemory<byte> body)
    {
        var output = context.Response.Body;
        var start = Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\",\"object\":");
        await output.WriteAsync(start, context.RequestAborted);
        await output.WriteAsync(body, context.RequestAborted);
        await output.WriteAsync("}"u8.ToArray(), context.RequestAborted);
        await output.WriteAsync(LineEnd, context.RequestAborted);
    }

    private ApiException Refused(string field, string why) =>
        ApiException.Invalid(path.Kind, "", [Schemas.FieldError.Forbidden(field, why)]);
}

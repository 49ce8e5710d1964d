using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>What happened to the set of objects that a watch follows.</summary>
internal abstract record ResourceEvent<T>
{
    private ResourceEvent() { }

    /// <summary>A fresh list: whatever is not in it is gone.</summary>
    public sealed record Listed(IReadOnlyList<T> Items) : ResourceEvent<T>;

    public sealed record Changed(T Item) : ResourceEvent<T>;

    public sealed record Removed(T Item) : ResourceEvent<T>;

    /// <summary>Nothing happened, and the server says so.</summary>
    public sealed record Bookmarked : ResourceEvent<T>;

    /// <summary>The watch broke; it will be taken up again after <paramref name="RetryAfter"/>.</summary>
    public sealed record Interrupted(KubernetesException Cause, TimeSpan RetryAfter) : ResourceEvent<T>;
}

/// <summary>
/// List, then watch, then watch again from the last resourceVersion; list again when the server has forgotten it.
/// Source: kubernetes/client-go tools/cache/reflector.go, the contract of ListAndWatch.
/// </summary>
internal sealed class ResourceWatch<T>(
    KubernetesClient client,
    ResourceType<T> type,
    string? @namespace,
    TimeProvider clock,
    Random jitter
)
    where T : IKubernetesObject
{
    /// <summary>client-go calls a watch without events that is shorter a very short watch, and an error.</summary>
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    public async IAsyncEnumerable<ResourceEvent<T>> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var backOff = new BackOff(jitter);
        string? resourceVersion = null;
        while (!cancellation.IsCancellationRequested)
        {
            KubernetesException? failure = null;
            var startedAt = clock.GetTimestamp();
            var hasEvents = false;
            await using var events = PassAsync(resourceVersion, cancellation).GetAsyncEnumerator(cancellation);
            while (true)
            {
                (ResourceEvent<T> Event, string ResourceVersion) next;
                try
                {
                    if (!await events.MoveNextAsync())
                    {
                        break;
                    }

                    next = events.Current;
                }
                catch (KubernetesException e)
                {
                    failure = e;
                    break;
                }

                resourceVersion = next.ResourceVersion;
                backOff.Reset();
                hasEvents = true;
                yield return next.Event;
            }

            if (failure is null && !hasEvents && clock.GetElapsedTime(startedAt) < ShortestWatch)
            {
                // Something in between closes every stream at once: not a watch that ended, and not to be run in
                // circles.
                failure = new KubernetesException($"watch {type.Plural}: ended at once, without an event");
            }

            if (failure is not null)
            {
                // Whatever the cause, a permanent one included, a relist is what makes the cache true again.
                resourceVersion = failure.IsTransient ? resourceVersion : null;
                var wait = failure.IsGone ? TimeSpan.Zero : failure.RetryAfter ?? backOff.Next();
                yield return new ResourceEvent<T>.Interrupted(failure, wait);
                await Task.Delay(wait, clock, cancellation);
            }
        }
    }

    /// <summary>One list when needed and one watch, until the server ends it.</summary>
    private async IAsyncEnumerable<(ResourceEvent<T> Event, string ResourceVersion)> PassAsync(
        string? resourceVersion,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (resourceVersion is null)
        {
            var (items, listed) = await client.ListAsync(type, @namespace, cancellation);
            resourceVersion = listed;
            yield return (new ResourceEvent<T>.Listed(items), listed);
        }

        await foreach (var line in client.WatchAsync(type, @namespace, resourceVersion, cancellation))
        {
            var item = Decode(line);
            yield return (
                line.Type switch
                {
                    "ADDED" or "MODIFIED" => new ResourceEvent<T>.Changed(item),
                    "DELETED" => new ResourceEvent<T>.Removed(item),
                    "BOOKMARK" => new ResourceEvent<T>.Bookmarked(),
                    _ => throw new KubernetesException($"watch {type.Plural}: unknown event type '{line.Type}'"),
                },
                item.Metadata.ResourceVersion
            );
        }
    }

    private T Decode(WatchLine line)
    {
        if (line.Type == "ERROR")
        {
            var status = line.Object.Deserialize(KubernetesJson.Default.ApiStatus);
            throw KubernetesException.From(
                "watch",
                type.Plural,
                (HttpStatusCode)(status?.Code ?? (int)HttpStatusCode.InternalServerError),
                null,
                status
            );
        }

        try
        {
            return line.Object.Deserialize(type.Json)
                ?? throw new KubernetesException($"watch {type.Plural}: null object");
        }
        catch (JsonException e)
        {
            throw new KubernetesException($"watch {type.Plural}: {e.Message}", e);
        }
    }
}

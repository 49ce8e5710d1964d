using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>What became of an event.</summary>
internal enum EventOutcome
{
    Created,

    /// <summary>Counted on to one that was already there.</summary>
    Folded,

    /// <summary>Too many for its object, or the API server would not have it.</summary>
    Dropped,
}

/// <summary>What happened to an object, for people: <c>kubectl describe</c> shows it.</summary>
/// <param name="IsWarning">Something that somebody should look at.</param>
internal sealed record ObjectEvent(ObjectReference Regarding, string Reason, string Message, bool IsWarning);

/// <summary>
/// Writes events beside the work, never in its way: what cannot be written is dropped and counted.
/// Repeats are folded and their rate is bounded as client-go does (<see cref="EventFolding"/>).
/// </summary>
internal sealed class EventRecorder(
    KubernetesClient client,
    string reportingInstance,
    TimeProvider clock,
    Action<EventOutcome> ended,
    Action<ObjectEvent, string> failed
)
{
    public const string Component = "analysis-controller";

    /// <summary>Events that wait to be written; what comes when it is full is dropped.</summary>
    private const int MostWaiting = 256;

    /// <summary>Most characters of a message (k8s.io/api events/v1: note, 1 kB).</summary>
    private const int MessageLimit = 1_000;

    private readonly EventFolding _folding = new(clock);
    private readonly Channel<ObjectEvent> _waiting = Channel.CreateBounded<ObjectEvent>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true }
    );

    public void Record(ObjectReference regarding, string reason, string message, bool isWarning = false)
    {
        var text = message.Length <= MessageLimit ? message : $"{message.AsSpan(0, MessageLimit - 1)}…";
        if (!_waiting.Writer.TryWrite(new ObjectEvent(regarding, reason, text, isWarning)))
        {
            ended(EventOutcome.Dropped);
        }
    }

    /// <summary>Writes what is recorded, one after the other.</summary>
    /// <param name="stop">Writes what waits still, and returns.</param>
    /// <param name="drop">Ends at once.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken drop)
    {
        while (!drop.IsCancellationRequested)
        {
            while (!drop.IsCancellationRequested && _waiting.Reader.TryRead(out var next))
            {
                await WriteAsync(next, drop);
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await _waiting.Reader.WaitToReadAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Once around: what came meanwhile is written.
            }
        }

        // What another term would write now would bear a wrong time.
        while (_waiting.Reader.TryRead(out _))
        {
            ended(EventOutcome.Dropped);
        }
    }

    private async Task WriteAsync(ObjectEvent next, CancellationToken cancellation)
    {
        if (_folding.Fold(next) is not { } folded)
        {
            ended(EventOutcome.Dropped);
            return;
        }

        try
        {
            if (folded.Name is { } name && await CountOnAsync(folded, name, cancellation))
            {
                ended(EventOutcome.Folded);
                return;
            }

            var created = await client.CreateAsync(
                ResourceTypes.Events,
                next.Regarding.Namespace,
                Manifest(folded),
                cancellation
            );
            _folding.Created(folded, created.Metadata.Name);
            ended(EventOutcome.Created);
        }
        catch (Exception e) when (e is KubernetesException or OperationCanceledException)
        {
            ended(EventOutcome.Dropped);
            failed(next, e.Message);
        }
    }

    /// <returns>False when the event is gone: the API server forgets them after an hour.</returns>
    private async Task<bool> CountOnAsync(FoldedEvent folded, string name, CancellationToken cancellation)
    {
        var patch = new JsonObject
        {
            ["count"] = folded.Count,
            ["lastTimestamp"] = Time(clock.GetUtcNow()),
            ["message"] = folded.Event.Message,
        };
        try
        {
            var key = new ObjectKey(folded.Event.Regarding.Namespace, name);
            await client.PatchAsync(ResourceTypes.Events, key, patch, cancellation);
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private JsonObject Manifest(FoldedEvent folded)
    {
        var (regarding, reason, message, isWarning) = folded.Event;
        var now = clock.GetUtcNow();
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject
            {
                ["name"] = NameOf(regarding, now),
                ["namespace"] = regarding.Namespace,
            },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = regarding.ApiVersion,
                ["kind"] = regarding.Kind,
                ["namespace"] = regarding.Namespace,
                ["name"] = regarding.Name,
                ["uid"] = regarding.Uid,
                ["resourceVersion"] = regarding.ResourceVersion,
            },
            ["type"] = isWarning ? "Warning" : "Normal",
            ["reason"] = reason,
            ["message"] = message,
            ["count"] = folded.Count,
            ["firstTimestamp"] = Time(folded.FirstAt),
            ["lastTimestamp"] = Time(now),
            ["source"] = new JsonObject { ["component"] = Component },
            ["reportingComponent"] = Component,
            ["reportingInstance"] = reportingInstance,
        };
    }

    /// <summary>Source: kubernetes/client-go tools/record/event.go, makeEvent and its name.</summary>
    private static string NameOf(ObjectReference regarding, DateTimeOffset now)
    {
        var nanoseconds = (now - DateTimeOffset.UnixEpoch).Ticks * (1_000_000_000 / TimeSpan.TicksPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{regarding.Name}.{nanoseconds:x}");
    }

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using System.Threading.Channels;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// Runs a level-based controller: after any change of the watched resources, and once a second, everything is looked at
/// again. A cluster of one machine is small enough that keys and queues would be the larger part of it.
/// </summary>
internal static class ReconcileLoop
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(
        ClusterObjects objects,
        IReadOnlyList<string> resources,
        Action reconcile,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        // Capacity one: a change that arrives while one waits is seen with it.
        var changed = Channel.CreateBounded<byte>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var timer = clock.CreateTimer(_ => changed.Writer.TryWrite(0), null, Tick, Tick);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watches = resources
            .Select(resource => NotifyAsync(objects, resource, changed.Writer, ending.Token))
            .ToList();
        try
        {
            while (await changed.Reader.WaitToReadAsync(cancellation))
            {
                _ = changed.Reader.TryRead(out _);
                reconcile();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The cluster stops.
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(watches);
        }
    }

    private static async Task NotifyAsync(
        ClusterObjects objects,
        string resource,
        ChannelWriter<byte> changed,
        CancellationToken cancellation)
    {
        try
        {
            await foreach (var _ in objects.WatchAsync(resource, cancellation))
                changed.TryWrite(0);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The cluster stops.
        }
    }
}

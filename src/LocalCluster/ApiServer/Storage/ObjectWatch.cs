using System.Threading.Channels;

namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <summary>
/// One watcher's queue. Writers never wait for it: a watcher that falls more than the queue's bound behind is ended,
/// and <see cref="Changes"/> completes with <see cref="FellBehind"/> set.
/// </summary>
internal sealed class ObjectWatch : IDisposable
{
    private readonly Channel<ObjectChange> _queue;
    private readonly Action<ObjectWatch> _unsubscribe;

    public ObjectWatch(string resource, IReadOnlyList<ObjectChange> backlog, int bound, Action<ObjectWatch> unsubscribe)
    {
        Resource = resource;
        Backlog = backlog;
        _unsubscribe = unsubscribe;
        _queue = Channel.CreateBounded<ObjectChange>(new BoundedChannelOptions(bound) { SingleReader = true });
    }

    public string Resource { get; }

    /// <summary>The changes between the version asked for and the start of the watch.</summary>
    public IReadOnlyList<ObjectChange> Backlog { get; }

    public ChannelReader<ObjectChange> Changes => _queue.Reader;

    public bool FellBehind { get; private set; }

    public void Offer(ObjectChange change)
    {
        if (_queue.Writer.TryWrite(change))
            return;
        FellBehind = true;
        _queue.Writer.TryComplete();
    }

    /// <summary>Ends the watch: the resource is not served any more.</summary>
    public void End() => _queue.Writer.TryComplete();

    public void Dispose() => _unsubscribe(this);
}

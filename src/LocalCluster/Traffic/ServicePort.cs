using System.Net;
using System.Net.Sockets;

namespace Rollouts.LocalCluster.Traffic;

/// <summary>
/// A port on this machine that stands for a Service, to be curled. Each connection goes to one pod that the route table
/// draws and stays there, as with kube-proxy: curl, which opens a new connection each time, sees the split.
/// </summary>
internal sealed class ServicePort : IDisposable
{
    private const int ConnectionLimit = 256;

    private readonly Socket _listener;
    private readonly ServiceRouter _router;
    private readonly Random _random;
    private readonly SemaphoreSlim _free = new(ConnectionLimit);

    /// <param name="port">Zero takes a free one.</param>
    public ServicePort(int port, ServiceRouter router, Random random)
    {
        _listener = Listen(port);
        _router = router;
        _random = random;
    }

    public Uri Address => new($"http://{_listener.LocalEndPoint}");

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                await _free.WaitAsync(cancellation);
                var client = await _listener.AcceptAsync(cancellation);
                _ = SpliceAsync(client, _router.Table.Pick(_random), cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The cluster stops; its connections end with it.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _free.Dispose();
    }

    private static Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen();
            return listener;
        }
        catch (SocketException failure)
        {
            listener.Dispose();
            var message = $"service port: cannot listen on 127.0.0.1:{port}: {failure.Message}";
            throw new LocalClusterException(message, failure);
        }
    }

    /// <summary>Without a ready pod the connection is closed at once, which curl calls an empty reply.</summary>
    private async Task SpliceAsync(Socket client, RouteTarget? target, CancellationToken cancellation)
    {
        using var pod = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var _ = client;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            if (target is null)
                return;
            await pod.ConnectAsync(target.EndPoint, ending.Token);
            await Task.WhenAll(CopyAsync(client, pod, ending), CopyAsync(pod, client, ending));
        }
        catch (Exception broken) when (broken is SocketException or IOException or OperationCanceledException)
        {
            // Either side hung up: the other learns it by its socket being closed.
        }
        finally
        {
            if (!cancellation.IsCancellationRequested)
                _free.Release();
        }
    }

    /// <summary>Copies until the sender has sent all, and passes that on; a broken copy breaks its twin.</summary>
    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource ending)
    {
        try
        {
            await using var reader = new NetworkStream(from, FileAccess.Read);
            await using var writer = new NetworkStream(to, FileAccess.Write);
            await reader.CopyToAsync(writer, ending.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is SocketException or IOException)
        {
            await ending.CancelAsync();
        }
    }
}

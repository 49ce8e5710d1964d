using System.Net;
using System.Net.Sockets;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// The pod network of the one node: a /24 of 127/8. The node itself has its address .254 and listens there on the
/// kubelet's port for as long as it lives, which is how two clusters on one machine keep out of each other's block.
/// </summary>
internal sealed class PodNetwork : IDisposable
{
    private const int KubeletPort = 10250;
    private const int LastPodHost = 250;
    private const int BlockAttempts = 100;
    private const int PortAttempts = 50;

    private readonly Lock _gate = new();
    private readonly Socket _claim;
    private readonly byte[] _block;
    private readonly HashSet<int> _taken = [];
    private int _lastHost;

    private PodNetwork(Socket claim)
    {
        _claim = claim;
        NodeAddress = ((IPEndPoint)claim.LocalEndPoint!).Address;
        _block = NodeAddress.GetAddressBytes()[..3];
    }

    public IPAddress NodeAddress { get; }

    public static PodNetwork Claim(int seed)
    {
        var random = new Random(seed);
        for (var attempt = 0; attempt < BlockAttempts; attempt++)
        {
            var node = new IPAddress([127, (byte)random.Next(1, 255), (byte)random.Next(0, 255), 254]);
            var claim = TryListen(new IPEndPoint(node, KubeletPort));
            if (claim is not null)
                return new PodNetwork(claim);
        }

        throw new LocalClusterException(
            $"no free loopback block for pods: port {KubeletPort} is taken on all {BlockAttempts} addresses tried");
    }

    /// <summary>The next address on which <paramref name="port"/> can be listened on; round robin, so that an
    /// address rests after its pod is gone.</summary>
    public IPAddress Take(int port)
    {
        lock (_gate)
        {
            for (var tries = 0; tries < LastPodHost; tries++)
            {
                _lastHost = _lastHost % LastPodHost + 1;
                var address = new IPAddress([.. _block, (byte)_lastHost]);
                if (_taken.Contains(_lastHost) || !CanListen(address, port))
                    continue;
                _taken.Add(_lastHost);
                return address;
            }
        }

        throw new LocalClusterException(
            $"no address of {_block[0]}.{_block[1]}.{_block[2]}.0/24 can listen on port {port}: "
            + $"{LastPodHost} pods already run, or a program listens on 0.0.0.0:{port}");
    }

    /// <summary>
    /// A port that pods can listen on here: the one asked for, or the next that nobody has on all addresses.
    /// </summary>
    public int FreePort(int preferred)
    {
        for (var port = preferred; port < preferred + PortAttempts; port++)
        {
            if (CanListen(NodeAddress, port))
                return port;
        }

        var last = preferred + PortAttempts - 1;
        throw new LocalClusterException($"ports {preferred} to {last} are all taken on 0.0.0.0");
    }

    public void Release(IPAddress address)
    {
        lock (_gate)
            _taken.Remove(address.GetAddressBytes()[3]);
    }

    public void Dispose() => _claim.Dispose();

    private static bool CanListen(IPAddress address, int port)
    {
        using var listener = TryListen(new IPEndPoint(address, port));
        return listener is not null;
    }

    private static Socket? TryListen(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(1);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rollouts.Api.Health;

/// <summary>
/// The health check of an image without a shell, and the test of an installation: one request over a bare socket.
/// </summary>
/// <remarks>HttpClient would take twice as long to start as the whole check.</remarks>
internal static class SelfProbe
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    /// <summary>Where <c>[HOST:]PORT</c> is; null when it is neither.</summary>
    public static DnsEndPoint? TargetOf(string address)
    {
        var colon = address.LastIndexOf(':');
        var host = colon < 0 ? "127.0.0.1" : address[..colon];
        return ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0 && host.Length > 0
                ? new DnsEndPoint(host, port)
                : null;
    }

    public static async Task<int> RunAsync(DnsEndPoint target, TextWriter errors)
    {
        using var timeout = new CancellationTokenSource(TimeLimit, TimeProvider.System);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, timeout.Token);
            await socket.SendAsync(
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), timeout.Token);
            var answer = new byte["HTTP/1.1 200"u8.Length];
            var received = 0;
            int read;
            while (received < answer.Length
                && (read = await socket.ReceiveAsync(answer.AsMemory(received), timeout.Token)) > 0)
            {
                received += read;
            }

            if (answer.AsSpan().SequenceEqual("HTTP/1.1 200"u8))
            {
                return 0;
            }

            await errors.WriteLineAsync(
                $"api: {target.Host}:{target.Port} answers '{Encoding.Latin1.GetString(answer, 0, received)}', wanted "
                    + "HTTP/1.1 200");
            return 1;
        }
        catch (Exception wrong) when (wrong is SocketException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"api: nothing healthy at {target.Host}:{target.Port}");
            return 1;
        }
    }
}

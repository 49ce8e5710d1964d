using System.Net;
using System.Net.Sockets;

namespace Rollouts.Api.Health;

/// <summary>The health check of an image without a shell: one request over a bare socket.</summary>
/// <remarks>HttpClient would take twice as long to start as the whole check.</remarks>
internal static class SelfProbe
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(int port, TextWriter errors)
    {
        using var timeout = new CancellationTokenSource(TimeLimit, TimeProvider.System);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), timeout.Token);
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

            return answer.AsSpan().SequenceEqual("HTTP/1.1 200"u8) ? 0 : 1;
        }
        catch (Exception wrong) when (wrong is SocketException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"api: nothing healthy at 127.0.0.1:{port}");
            return 1;
        }
    }
}

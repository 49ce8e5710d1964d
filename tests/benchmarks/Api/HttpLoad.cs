using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Rollouts.benchmarks.Api;

/// <summary>Keep-alive connections over bare sockets, each with one request under way.</summary>
internal static class HttpLoad
{
    public static async Task<LoadResult> RunAsync(Uri address, string path, int connections, TimeSpan time)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
        var start = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => CallAsync(address, request, start, time)));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var all = latencies.SelectMany(one => one).Order().ToArray();
        return new LoadResult(
            all.Length / elapsed, Milliseconds(all[all.Length / 2]), Milliseconds(all[all.Length * 99L / 100]));
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private static async Task<List<long>> CallAsync(Uri address, byte[] request, long start, TimeSpan time)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        var buffer = new byte[1 << 18];
        var latencies = new List<long>(1 << 16);
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            await ReceiveAsync(socket, buffer);
            latencies.Add(Stopwatch.GetTimestamp() - sent);
        }

        return latencies;
    }

    private static async Task ReceiveAsync(Socket socket, byte[] buffer)
    {
        var received = 0;
        var expected = int.MaxValue;
        while (received < expected)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(received));
            if (read == 0)
            {
                throw new IOException("The peer closed the connection.");
            }

            received += read;
            expected = expected == int.MaxValue ? Length(buffer.AsSpan(0, received)) : expected;
        }
    }

    // Head and body; int.MaxValue while the head is not complete.
    private static int Length(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return int.MaxValue;
        }

        if (!received.StartsWith("HTTP/1.1 200"u8))
        {
            throw new IOException(Encoding.ASCII.GetString(received[..end]));
        }

        var head = Encoding.ASCII.GetString(received[..end]);
        var at = head.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase) + "content-length:".Length;
        var line = head.AsSpan(at);
        var stop = line.IndexOf('\r');
        var digits = stop < 0 ? line : line[..stop];
        return end + 4 + int.Parse(digits, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }
}

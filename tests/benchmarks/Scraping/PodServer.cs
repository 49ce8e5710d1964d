using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rollouts.benchmarks.Scraping;

/// <summary>As many pods as there are loopback addresses, behind one port; a process of its own.</summary>
internal sealed class PodServer
{
    private const int Megabyte = 1024 * 1024;

    private readonly string _kind;
    private readonly byte[][] _bodies;
    private int _answered;

    public PodServer(string kind)
    {
        _kind = kind;
        _bodies = kind switch
        {
            "service" => [Bodies.Service(500, 1), Bodies.Service(500, 2)],
            "requests" => [Bodies.Service(2_000, 1), Bodies.Service(2_000, 2)],
            "endless" => [Packed(), Samples()],
            _ => [],
        };
    }

    /// <summary>Serves until the process is ended; its port is the first line that it prints.</summary>
    public async Task ServeAsync()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start(backlog: 1024);
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (true)
        {
            _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var socket = client;
        var stream = client.GetStream();
        var pod = ((IPEndPoint)client.Client.LocalEndPoint!).Address;
        var request = new byte[8192];
        try
        {
            while (await stream.ReadAsync(request) is var count and > 0)
            {
                var isHealth = request.AsSpan(0, count).StartsWith("GET /health "u8);
                await (isHealth ? AnswerAsync(stream, "ok"u8.ToArray(), "") : MetricsAsync(stream, pod));
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return;
        }
    }

    private async Task MetricsAsync(NetworkStream stream, IPAddress pod)
    {
        switch (_kind)
        {
            case "named":
                await AnswerAsync(stream, Bodies.Service(500, ++_answered, instance: $"shop-7c9f4-{pod}"), "");
                break;
            case "endless" when pod.GetAddressBytes()[3] % 3 == 0:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"u8.ToArray());
                while (true)
                {
                    await stream.WriteAsync(_bodies[1]);
                }

            case "endless" when pod.GetAddressBytes()[3] % 3 == 1:
                await AnswerAsync(stream, _bodies[0], "Content-Encoding: gzip\r\n");
                break;
            default:
                await AnswerAsync(stream, _bodies[Interlocked.Increment(ref _answered) / 4_000 % _bodies.Length], "");
                break;
        }
    }

    private static async Task AnswerAsync(NetworkStream stream, byte[] body, string headers)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{headers}Content-Length: {body.Length}\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(body);
    }

    /// <summary>A gigabyte of samples as a few megabytes.</summary>
    private static byte[] Packed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            var lines = Samples();
            for (var bytes = 0L; bytes < 1024L * Megabyte; bytes += lines.Length)
            {
                gzip.Write(lines);
            }
        }

        return packed.ToArray();
    }

    private static byte[] Samples() =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(n => $"a{n}{{b=\"{n}\"}} 1\n")));
}

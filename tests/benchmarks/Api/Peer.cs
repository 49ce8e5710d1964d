using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rollouts.benchmarks.Api;

/// <summary>A server under load, in a process of its own.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Process _process;

    private Peer(string name, Process process, Uri address, double startMilliseconds)
    {
        (Name, _process, Address, StartMilliseconds) = (name, process, address, startMilliseconds);
    }

    public string Name { get; }

    public Uri Address { get; }

    public double StartMilliseconds { get; }

    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Null, and a line that says so, when the peer is not installed.</summary>
    public static async Task<Peer?> TryStartAsync(string name, Func<string, ProcessStartInfo> start)
    {
        try
        {
            return await StartAsync(name, start);
        }
        catch (IOException absent)
        {
            Console.WriteLine($"{name} is left out: {absent.Message}");
            return null;
        }
    }

    public static async Task<Peer> StartAsync(string name, Func<string, ProcessStartInfo> start)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var info = start(url);
        info.RedirectStandardOutput = true;
        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(new Uri("/health/live", UriKind.Relative));
                response.EnsureSuccessStatusCode();
                return new Peer(name, process, new Uri(url), Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            }
            catch (HttpRequestException)
            {
                throw new IOException($"it ended with exit code {process.ExitCode}");
            }
        }
    }

    /// <summary>
    /// Asks a few paths, so that /metrics holds what it does in service; returns the number of samples.
    /// </summary>
    public async Task<int> FillMetricsAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        string[] paths = ["/api/items", "/api/items/1", "/api/version", "/api/info", "/echo", "/nowhere", "/demo/slow"];
        foreach (var path in paths)
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        }

        var body = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return body.Split('\n').Count(line => line.Length > 0 && line[0] != '#');
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Rollouts.benchmarks.Api;

/// <summary>
/// Runs the peers one after the other, round by round, so that a noisy machine is noisy for all of them.
/// </summary>
/// <remarks>
/// Figures are medians over the rounds; read them as ratios. The load shares the cores with the peers.
/// </remarks>
internal sealed class Comparison(string apiProgram, int rounds, double seconds)
{
    private const int Connections = 32;

    private static readonly string[] Paths = ["/health/live", "/api/version", "/metrics"];

    public async Task<int> RunAsync()
    {
        await using var api = await Peer.StartAsync("sample api", url => new ProcessStartInfo(apiProgram)
        {
            Environment = { ["ASPNETCORE_URLS"] = url, ["APP_VERSION"] = "v1" },
        });
        await using var bare = await Peer.StartAsync(
            "bare Kestrel", url => new ProcessStartInfo(Environment.ProcessPath!, ["bare", url]));
        await using var fastApi = await Peer.TryStartAsync("FastAPI", url => new ProcessStartInfo(
            "/usr/bin/python3",
            ["-m", "uvicorn", "--app-dir", AppContext.BaseDirectory, "--log-level", "warning", "--no-access-log",
                "--port", new Uri(url).Port.ToString(CultureInfo.InvariantCulture), "fastapi_peer:app"]));
        var samples = await api.FillMetricsAsync();
        Console.WriteLine($"start to first 200: {api.StartMilliseconds:0} ms, bare {bare.StartMilliseconds:0} ms");
        Console.WriteLine($"idle resident memory: {api.ResidentMegabytes:0} MB; /metrics holds {samples} samples");
        Console.WriteLine($"{rounds} rounds of {seconds} s, {Connections} connections; medians");
        Console.WriteLine($"{"path",-14}{"peer",-14}{"requests/s",12}{"p50 ms",9}{"p99 ms",9}{"of bare",9}");
        foreach (var path in Paths)
        {
            await CompareAsync(path, path == "/metrics" ? Present(api, fastApi) : Present(bare, api, fastApi));
        }

        return 0;
    }

    private static Peer[] Present(params Peer?[] peers) => [.. peers.OfType<Peer>()];

    private async Task CompareAsync(string path, Peer[] peers)
    {
        var results = peers.ToDictionary(peer => peer, _ => new List<LoadResult>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var peer in peers)
            {
                var result = await HttpLoad.RunAsync(peer.Address, path, Connections, TimeSpan.FromSeconds(seconds));
                if (round > 0)
                {
                    results[peer].Add(result);
                }
            }
        }

        var reference = Median(results[peers[0]], result => result.RequestsPerSecond);
        foreach (var peer in peers)
        {
            var rate = Median(results[peer], result => result.RequestsPerSecond);
            var median = Median(results[peer], result => result.MedianMs);
            var p99 = Median(results[peer], result => result.P99Ms);
            var ratio = path == "/metrics" ? "" : (rate / reference).ToString("0.00", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{path,-14}{peer.Name,-14}{rate,12:0}{median,9:0.00}{p99,9:0.00}{ratio,9}"));
        }
    }

    private static double Median(IEnumerable<LoadResult> results, Func<LoadResult, double> of)
    {
        var sorted = results.Select(of).Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}

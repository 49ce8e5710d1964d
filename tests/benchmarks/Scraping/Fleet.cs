using System.Globalization;
using System.Text.Json;
using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.benchmarks.Scraping;

/// <summary>Scrapes and judges pods as the controller does, with its defaults, and says what that takes.</summary>
internal sealed class Fleet(int port, int count)
{
    private readonly AnalysisSpec _spec = new() { WarmUp = TimeSpan.Zero };

    private readonly Pod[] _pods = [.. Enumerable.Range(0, count).Select(number => PodAt(number, port))];

    public async Task<int> RunAsync(string kind, int rounds, bool mayFail)
    {
        var options = new ScrapeOptions();
        using var http = ScrapeHttp.Connect(options);
        using var scraper = new PodScraper(http, options, TimeProvider.System);
        var at = DateTimeOffset.UnixEpoch.AddHours(1);
        var state = CanaryAnalysis.Start(_spec, at);
        var failures = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var began = TimeSpan.Zero;
        var judging = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            if (round == 1)
            {
                began = Usage.ProcessorTime();
                judging = TimeSpan.Zero;
            }

            at += _spec.ScrapeInterval;
            using var reading = scraper.Round("shop", JudgedFamilies.By([_spec]).Contains);
            var scrapes = await Task.WhenAll(_pods.Select((pod, number) => ScrapeAsync(scraper, reading, pod, number)));
            foreach (var failed in scrapes.Select(scrape => scrape.Metrics).OfType<MetricsScrape.Failed>())
            {
                failures[failed.Reason] = failures.GetValueOrDefault(failed.Reason) + 1;
            }

            var before = Usage.ProcessorTime();
            state = CanaryAnalysis.Advance(state, new ScrapeRound(at, 0, [.. scrapes]));
            judging += Usage.ProcessorTime() - before;
        }

        var thousands = (rounds - 1) * count / 1_000.0;
        var reasons = failures.Count == 0
            ? "none"
            : string.Join(", ", failures.Select(pair => $"{pair.Value} {pair.Key}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}: {count:#,0} pods, {rounds} rounds; failed: {reasons}; "
            + $"resident {Usage.Resident():#,0} MiB at most; "
            + $"{(Usage.ProcessorTime() - began).TotalSeconds / thousands:0.000} CPU s per 1,000 scrapes, of which "
            + $"{judging.TotalSeconds / thousands:0.000} judging; {state.Verdict.Decision}: {state.Verdict.Reason}"));
        return mayFail || failures.Count == 0 ? 0 : 1;
    }

    private static async Task<PodScrape> ScrapeAsync(PodScraper scraper, RoundReading reading, Pod pod, int number)
    {
        var (metrics, health) = await scraper.ScrapeAsync(pod, ScrapeSettings.FromPod, reading, CancellationToken.None);
        return PodReading.Read(pod, number % 2 == 0 ? Arm.Stable : Arm.Canary, metrics, health);
    }

    private static Pod PodAt(int number, int port) => JsonSerializer.Deserialize(
        $$"""
        {"metadata": {"name": "shop-{{number}}", "annotations": {"prometheus.io/port": "{{port}}"} },
         "status": {"podIP": "127.1.{{number / 250}}.{{(number % 250) + 1}}",
          "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "1970-01-01T00:00:00Z"}]} }
        """,
        KubernetesJson.Default.Pod)!;
}

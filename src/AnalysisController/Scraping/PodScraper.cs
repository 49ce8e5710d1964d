using System.Diagnostics;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>Asks one pod for its metrics and its health. Whatever goes wrong comes back as data.</summary>
internal sealed class PodScraper(HttpClient http, ScrapeOptions options, TimeProvider clock) : IDisposable
{
    private readonly PodReaders _readers = new(options.Limits.Reading, options.Limits.RememberedBytes, clock);
    private readonly SemaphoreSlim _slots = new(options.Limits.Concurrency, options.Limits.Concurrency);

    private readonly ScrapeMemory _memory = new(options.Limits.MemoryBytes - options.Limits.RememberedBytes);

    /// <summary>For the scrapes of one round: dispose it when what they brought is needed no more.</summary>
    public MemoryHold Hold() => new(_memory);

    public Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeAsync(
        Pod pod,
        ScrapeSettings settings,
        MemoryHold held,
        CancellationToken cancellation
    ) =>
        ScrapeTarget.Of(pod, settings) switch
        {
            ScrapeTarget.Found target => ScrapeAsync(pod, target, held, cancellation),
            ScrapeTarget.Missing(var message) => Task.FromResult<(MetricsScrape, HealthProbe)>(
                (new MetricsScrape.Failed(ScrapeFailure.NoTarget, message), HealthProbe.Unknown)
            ),
            _ => throw new UnreachableException(),
        };

    public void Dispose() => _slots.Dispose();

    private async Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeAsync(
        Pod pod,
        ScrapeTarget.Found target,
        MemoryHold held,
        CancellationToken cancellation
    )
    {
        var fetch = new PodFetch(http, options, _memory, clock);
        await _slots.WaitAsync(cancellation);
        try
        {
            var metrics = fetch.GetAsync<MetricsScrape>(
                pod,
                target.Metrics,
                options.Limits.BodyBytes,
                answer => MetricsReading.Of(answer, pod.Metadata.Uid, _readers, held),
                (reason, message) => new MetricsScrape.Failed(reason, message),
                cancellation
            );
            var health = fetch.GetAsync<HealthProbe?>(
                pod,
                target.Health,
                options.Limits.HealthBodyBytes,
                answer => HealthReading.Of(answer.Response.StatusCode, answer.Body.Bytes),
                (reason, _) => HealthReading.SaysNothing(reason) ? HealthProbe.Unknown : null,
                cancellation
            );
            await Task.WhenAll(metrics, health);
            // No answer of a pod that we cannot reach at all says nothing about its health; that of one which answers
            // metrics but hangs on health does.
            var silence = HasAnswered(await metrics) ? HealthProbe.Fail : HealthProbe.Unknown;
            return (await metrics, await health ?? silence);
        }
        finally
        {
            _slots.Release();
        }
    }

    private static bool HasAnswered(MetricsScrape metrics) =>
        metrics is MetricsScrape.Answered
        || (metrics is MetricsScrape.Failed(var reason, _) && ScrapeFailure.IsAnswer(reason));
}

using System.Diagnostics;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>Asks one pod for its metrics and its health. Whatever goes wrong comes back as data.</summary>
internal sealed class PodScraper(HttpClient http, ScrapeOptions options, TimeProvider clock) : IDisposable
{
    private readonly ReaderShelf _readers = new(options.Limits.Reading, options.Limits.RememberedBytes, clock);
    private readonly SemaphoreSlim _slots = new(options.Limits.Concurrency, options.Limits.Concurrency);

    private readonly ScrapeMemory _memory = new(options.Limits.MemoryBytes - options.Limits.RememberedBytes);

    /// <summary>For the scrapes of one round: dispose it when what they brought is needed no more.</summary>
    /// <param name="rollout">Uid of the Rollout; empty when it is not asked again.</param>
    /// <param name="keeps">Which families keep their samples, by name; null keeps all.</param>
    public RoundReading Round(string rollout, Func<string, bool>? keeps) => new(_memory, _readers, rollout, keeps);

    public Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeAsync(
        Pod pod,
        ScrapeSettings settings,
        RoundReading round,
        CancellationToken cancellation
    ) =>
        ScrapeTarget.Of(pod, settings) switch
        {
            ScrapeTarget.Found target => ScrapeAsync(pod, target, round, cancellation),
            ScrapeTarget.Missing(var message) => Task.FromResult<(MetricsScrape, HealthProbe)>(
                (new MetricsScrape.Failed(ScrapeFailure.NoTarget, message), HealthProbe.Unknown)
            ),
            _ => throw new UnreachableException(),
        };

    public void Dispose() => _slots.Dispose();

    private async Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeAsync(
        Pod pod,
        ScrapeTarget.Found target,
        RoundReading round,
        CancellationToken cancellation
    )
    {
        if (!await TakeSlotAsync(cancellation))
        {
            return (new MetricsScrape.Failed(ScrapeFailure.ConcurrencyLimit, NoTurn), HealthProbe.Unknown);
        }

        var fetch = new PodFetch(http, options, _memory, clock);
        try
        {
            var metrics = fetch.GetAsync<MetricsScrape>(
                pod,
                target.Metrics,
                options.Limits.BodyBytes,
                answer => MetricsReading.OfAsync(answer, round, cancellation),
                (reason, message) => new MetricsScrape.Failed(reason, message),
                cancellation
            );
            var health = fetch.GetAsync<HealthProbe?>(
                pod,
                target.Health,
                options.Limits.HealthBodyBytes,
                answer => Task.FromResult<HealthProbe?>(
                    HealthReading.Of(answer.Response.StatusCode, answer.Body.Bytes)
                ),
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

    private string NoTurn =>
        FormattableString.Invariant($"waited {options.Limits.TurnTimeout.TotalSeconds} s for its turn; ")
        + FormattableString.Invariant($"--scrape-concurrency is {options.Limits.Concurrency}");

    private async Task<bool> TakeSlotAsync(CancellationToken cancellation)
    {
        if (_slots.Wait(0, cancellation))
        {
            return true;
        }

        using var patience = new CancellationTokenSource(options.Limits.TurnTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await _slots.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool HasAnswered(MetricsScrape metrics) =>
        metrics is MetricsScrape.Answered
        || (metrics is MetricsScrape.Failed(var reason, _) && ScrapeFailure.IsAnswer(reason));
}

using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>Asks one pod for its metrics and its health. Whatever goes wrong comes back as data.</summary>
internal sealed class PodScraper(HttpClient http, ScrapeLimits limits, TimeProvider clock) : IDisposable
{
    private static readonly MediaTypeWithQualityHeaderValue[] Accepted =
    [
        MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0;escaping=underscores"),
        MediaTypeWithQualityHeaderValue.Parse("text/plain;version=0.0.4;q=0.5"),
        MediaTypeWithQualityHeaderValue.Parse("*/*;q=0.1"),
    ];

    private readonly SemaphoreSlim _slots = new(limits.Concurrency, limits.Concurrency);

    public Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeAsync(
        Pod pod,
        ScrapeSettings settings,
        CancellationToken cancellation
    ) =>
        ScrapeTarget.Of(pod, settings) switch
        {
            ScrapeTarget.Found target => ScrapeAsync(target, cancellation),
            ScrapeTarget.Missing(var message) => Task.FromResult<(MetricsScrape, HealthProbe)>(
                (new MetricsScrape.Failed(ScrapeFailure.NoTarget, message), HealthProbe.Unknown)
            ),
            _ => throw new UnreachableException(),
        };

    public void Dispose() => _slots.Dispose();

    private async Task<(MetricsScrape Metrics, HealthProbe Health)> ScrapeAsync(
        ScrapeTarget.Found target,
        CancellationToken cancellation
    )
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            var metrics = ReadMetricsAsync(target.Metrics, cancellation);
            var health = ReadHealthAsync(target.Health, cancellation);
            await Task.WhenAll(metrics, health);
            // A pod that we cannot reach at all says nothing about its health; one that answers metrics but hangs on
            // health does.
            return (await metrics, await metrics is MetricsScrape.Failed ? HealthProbe.Unknown : await health);
        }
        finally
        {
            _slots.Release();
        }
    }

    private Task<MetricsScrape> ReadMetricsAsync(Uri uri, CancellationToken cancellation) =>
        FetchAsync<MetricsScrape>(
            uri,
            (response, body) =>
                response.StatusCode == HttpStatusCode.OK
                    ? Parse(uri, body.Span, response.Content.Headers.ContentType?.ToString())
                    : new MetricsScrape.Failed(
                        ScrapeFailure.HttpStatus,
                        $"GET {uri}: status {(int)response.StatusCode}, wanted 200"
                    ),
            (reason, message) => new MetricsScrape.Failed(reason, message),
            cancellation
        );

    private Task<HealthProbe> ReadHealthAsync(Uri uri, CancellationToken cancellation) =>
        FetchAsync(
            uri,
            (response, body) => HealthReading.Of(response.StatusCode, body.Span),
            (_, _) => HealthProbe.Fail,
            cancellation
        );

    private async Task<T> FetchAsync<T>(
        Uri uri,
        Func<HttpResponseMessage, ReadOnlyMemory<byte>, T> answered,
        Func<string, string, T> failed,
        CancellationToken cancellation
    )
    {
        using var deadline = new CancellationTokenSource(limits.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        foreach (var type in Accepted)
        {
            request.Headers.Accept.Add(type);
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await BoundedBody.ReadAsync(response, limits.BodyBytes, either.Token) is { } body
                ? answered(response, body)
                : failed(ScrapeFailure.BodyTooLarge, $"GET {uri}: more than {limits.BodyBytes} bytes");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return failed(
                ScrapeFailure.Timeout,
                $"GET {uri}: no complete answer within {limits.Timeout.TotalSeconds:0.###} s"
            );
        }
        catch (InvalidDataException e)
        {
            return failed(ScrapeFailure.Malformed, $"GET {uri}: not gzip: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return failed(ScrapeFailure.Of(e), $"GET {uri}: {e.Message}");
        }
    }

    private static MetricsScrape Parse(Uri uri, ReadOnlySpan<byte> body, string? contentType) =>
        ExpositionReader.Read(body, contentType) switch
        {
            ExpositionResult.Read(var families) => new MetricsScrape.Answered(families),
            ExpositionResult.Malformed(var line, var message) => new MetricsScrape.Failed(
                ScrapeFailure.Malformed,
                $"GET {uri}: line {line}: {message}"
            ),
            ExpositionResult.LimitExceeded(var limit, var value, var most) => new MetricsScrape.Failed(
                ScrapeFailure.LimitExceeded,
                $"GET {uri}: {limit} {value}, limit {most}"
            ),
            _ => throw new UnreachableException(),
        };
}

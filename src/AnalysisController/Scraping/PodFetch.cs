using System.Net.Http.Headers;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>One GET to a pod, within a deadline and a size. Whatever goes wrong has a reason.</summary>
internal sealed class PodFetch(HttpClient http, ScrapeOptions options, ScrapeMemory memory, TimeProvider clock)
{
    private static readonly MediaTypeWithQualityHeaderValue[] Accepted =
    [
        MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0;escaping=underscores"),
        MediaTypeWithQualityHeaderValue.Parse("text/plain;version=0.0.4;q=0.5"),
        MediaTypeWithQualityHeaderValue.Parse("*/*;q=0.1"),
    ];

    /// <param name="uri">Under the pod's own address.</param>
    /// <param name="limitBytes">Of the body, inflated.</param>
    /// <param name="answered">Gets an answer of any status; its body is gone when this returns.</param>
    /// <param name="failed">Gets the reason and what happened in words.</param>
    public async Task<T> GetAsync<T>(
        Pod pod,
        Uri uri,
        int limitBytes,
        Func<PodAnswer, Task<T>> answered,
        Func<string, string, T> failed,
        CancellationToken cancellation
    )
    {
        var isProxied = options.Via == ScrapeVia.ApiServer;
        var asked = isProxied ? PodProxy.Of(pod, uri) : uri;
        if (asked is null)
        {
            return failed(ScrapeFailure.NoTarget, $"GET {uri}: the path leaves the pod's");
        }

        using var deadline = new CancellationTokenSource(options.Limits.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, asked);
        var hasBegun = false;
        try
        {
            if (await WriteHeadersAsync(request, either.Token) is { } problem)
            {
                return failed(ScrapeFailure.TokenUnreadable, problem);
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            hasBegun = true;
            using var body = await BoundedBody.ReadAsync(response, limitBytes, memory, either.Token);
            var answer = new PodAnswer(asked, uri.AbsolutePath, response, body);
            return body.End switch
            {
                BodyEnd.TooLarge => failed(
                    ScrapeFailure.BodyTooLarge,
                    $"GET {asked}: more than {limitBytes} bytes, inflated"
                ),
                BodyEnd.NoMemory => failed(ScrapeFailure.MemoryLimit, $"GET {asked}: {memory.Full}"),
                BodyEnd.Whole => isProxied && ProxyAnswer.FailureIn(answer) is var (proxyReason, why)
                    ? failed(proxyReason, $"GET {asked}: {why}")
                    : await answered(answer),
            };
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            var limits = options.Limits;
            var (reason, what, limit) =
                e.InnerException is TimeoutException
                    ? (ScrapeFailure.ConnectTimeout, "no connection", limits.ConnectTimeout)
                : hasBegun ? (ScrapeFailure.Timeout, "an answer began, but did not end", limits.Timeout)
                : (ScrapeFailure.Timeout, "no answer", limits.Timeout);
            return failed(reason, $"GET {asked}: {what} within {limit.TotalSeconds:0.###} s");
        }
        catch (InvalidDataException e)
        {
            return failed(ScrapeFailure.WrongEncoding, $"GET {asked}: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var (reason, message) = hasBegun
                ? (ScrapeFailure.BodyCut, $"the answer broke off: {e.GetBaseException().Message}")
                : ScrapeFailure.Of(e);
            return failed(reason, $"GET {asked}: {message}");
        }
    }

    private async Task<string?> WriteHeadersAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        foreach (var type in Accepted)
        {
            request.Headers.Accept.Add(type);
        }

        if (options.BearerTokenFile is { } file)
        {
            var (token, problem) = await BearerToken.ReadAsync(file, cancellation);
            if (problem is not null)
            {
                return problem;
            }

            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return null;
    }
}

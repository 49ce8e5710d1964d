using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// Requests and answers as bytes: deadlines, bounds, the fence before every write, and one kind of exception for
/// whatever the network and the server do.
/// </summary>
internal sealed class ApiConnection(HttpClient http, TimeProvider clock, WriteFence? fence)
{
    /// <summary>
    /// How long the server may keep a watch open before it ends it on purpose (<c>timeoutSeconds</c>).
    /// </summary>
    public static readonly TimeSpan WatchTimeout = TimeSpan.FromMinutes(4);

    /// <summary>Most bytes of one answer: a page of five hundred objects is far below.</summary>
    private const int MostBodyBytes = 64 * 1024 * 1024;

    /// <summary>Most bytes of one line of a watch: an object of etcd's largest size, and room.</summary>
    private const int MostLineBytes = 8 * 1024 * 1024;

    /// <summary>Most bytes of an answer that says no.</summary>
    private const int MostFailureBytes = 64 * 1024;

    private const string MergePatch = "application/merge-patch+json";

    private const string Json = "application/json";

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait that a server can impose on us.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(2);

    public TimeSpan? ClockSkew { get; private set; }

    public async Task<byte[]> SendAsync(
        HttpMethod method,
        string path,
        JsonObject? body,
        CancellationToken cancellation
    )
    {
        using var deadline = new CancellationTokenSource(TimeoutOf(method, path), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        return await GuardAsync(method.Method, path, ExchangeAsync, cancellation, either.Token);

        async Task<byte[]> ExchangeAsync(CancellationToken token)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = new StringContent(
                    body.ToJsonString(),
                    Encoding.UTF8,
                    new MediaTypeHeaderValue(method == HttpMethod.Patch ? MergePatch : Json)
                );
            }

            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            NoteClockSkew(response);
            if (!response.IsSuccessStatusCode)
            {
                throw await FailureAsync(method.Method, path, response, token);
            }

            await response.Content.LoadIntoBufferAsync(MostBodyBytes, token);
            return await response.Content.ReadAsByteArrayAsync(token);
        }
    }

    /// <summary>The lines that are not empty, until the server ends them or is silent for too long.</summary>
    public async IAsyncEnumerable<byte[]> WatchAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var silence = new CancellationTokenSource(CallTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await GuardAsync(
            "watch",
            path,
            token => OpenWatchAsync(path, request, token),
            cancellation,
            either.Token
        );
        silence.CancelAfter(WatchTimeout + CallTimeout);
        using var stream = await GuardAsync(
            "watch",
            path,
            response.Content.ReadAsStreamAsync,
            cancellation,
            either.Token
        );
        var lines = new LineReader(stream, MostLineBytes);
        while (await GuardAsync("watch", path, lines.ReadAsync, cancellation, either.Token) is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    private async Task<HttpResponseMessage> OpenWatchAsync(
        string path,
        HttpRequestMessage request,
        CancellationToken cancellation
    )
    {
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            using (response)
            {
                throw await FailureAsync("watch", path, response, cancellation);
            }
        }

        return response;
    }

    /// <summary>A write must be over before the permission for it is.</summary>
    private TimeSpan TimeoutOf(HttpMethod method, string path)
    {
        if (method == HttpMethod.Get || fence is null)
        {
            return CallTimeout;
        }

        var remaining = fence.Remaining;
        return remaining <= TimeSpan.Zero ? throw new KubernetesException($"{method} {path}: not sent, not the leader")
            : remaining < CallTimeout ? remaining
            : CallTimeout;
    }

    /// <summary>
    /// Turns what the network does into one kind of exception; a cancellation by our caller stays one.
    /// </summary>
    private static async Task<T> GuardAsync<T>(
        string verb,
        string path,
        Func<CancellationToken, Task<T>> call,
        CancellationToken caller,
        CancellationToken either
    )
    {
        try
        {
            return await call(either);
        }
        catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
        {
            throw new KubernetesException($"{verb} {path}: no answer in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new KubernetesException($"{verb} {path}: {e.GetBaseException().Message}", e);
        }
    }

    private async Task<KubernetesException> FailureAsync(
        string verb,
        string path,
        HttpResponseMessage response,
        CancellationToken cancellation
    )
    {
        ApiStatus? status = null;
        try
        {
            await response.Content.LoadIntoBufferAsync(MostFailureBytes, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            status = JsonSerializer.Deserialize(body, KubernetesJson.Default.ApiStatus);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            // A proxy in between answers in its own words, or at length; the code alone must do.
        }

        if (response.Headers.Location is { } elsewhere)
        {
            status = new ApiStatus { Message = $"redirects to {elsewhere}, which is not followed" };
        }

        return KubernetesException.From(verb, path, response.StatusCode, RetryAfterOf(response), status);
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestRetryAfter.Ticks)) : null;
    }

    private void NoteClockSkew(HttpResponseMessage response)
    {
        if (response.Headers.Date is { } date)
        {
            ClockSkew = date - clock.GetUtcNow();
        }
    }
}

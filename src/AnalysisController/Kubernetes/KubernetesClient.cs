using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// The few verbs of the Kubernetes API that we use. Every call has a deadline; every failure is a <see
/// cref="KubernetesException"/>.
/// </summary>
internal sealed class KubernetesClient(HttpClient http, TimeProvider clock)
{
    private const string MergePatch = "application/merge-patch+json";

    /// <summary>Objects per page of a list: bounds what one answer can cost the server and us.</summary>
    private const int PageLimit = 500;

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the server may keep a watch open before it ends it on purpose (<c>timeoutSeconds</c>).
    /// </summary>
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromMinutes(4);

    /// <summary>The server's clock as of its last answer, minus ours; null before the first answer.</summary>
    public TimeSpan? ClockSkew { get; private set; }

    public async Task<string> GetServerVersionAsync(CancellationToken cancellation)
    {
        var body = await SendAsync(HttpMethod.Get, "version", null, cancellation);
        return JsonSerializer.Deserialize(body, KubernetesJson.Default.ServerVersion)?.GitVersion ?? "unknown";
    }

    public async Task<T> GetAsync<T>(ResourceType<T> type, ObjectKey key, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        var path = type.ObjectPath(key);
        return Decode(await SendAsync(HttpMethod.Get, path, null, cancellation), type.Json, path);
    }

    /// <summary>All objects, page by page, and the resourceVersion from which to watch.</summary>
    public async Task<(IReadOnlyList<T> Items, string ResourceVersion)> ListAsync<T>(
        ResourceType<T> type,
        string? @namespace,
        CancellationToken cancellation
    )
        where T : IKubernetesObject
    {
        var items = new List<T>();
        string? next = null;
        while (true)
        {
            var path =
                $"{type.CollectionPath(@namespace)}?limit={PageLimit}{Selector(type)}{Parameter("continue", next)}";
            var page = Decode(await SendAsync(HttpMethod.Get, path, null, cancellation), type.ListJson, path);
            items.AddRange(page.Items);
            next = page.Metadata.Continue;
            if (string.IsNullOrEmpty(next))
            {
                return (items, page.Metadata.ResourceVersion);
            }
        }
    }

    public async Task<T> CreateAsync<T>(
        ResourceType<T> type,
        string @namespace,
        JsonObject manifest,
        CancellationToken cancellation
    )
        where T : IKubernetesObject
    {
        var path = type.CollectionPath(@namespace);
        return Decode(await SendAsync(HttpMethod.Post, path, manifest, cancellation), type.Json, path);
    }

    public Task<T> PatchAsync<T>(
        ResourceType<T> type,
        ObjectKey key,
        JsonObject mergePatch,
        CancellationToken cancellation
    )
        where T : IKubernetesObject => PatchAsync(type, type.ObjectPath(key), mergePatch, cancellation);

    /// <summary>Patches the subresource <c>status</c>, where the resource has one.</summary>
    public Task<T> PatchStatusAsync<T>(
        ResourceType<T> type,
        ObjectKey key,
        JsonObject mergePatch,
        CancellationToken cancellation
    )
        where T : IKubernetesObject => PatchAsync(type, $"{type.ObjectPath(key)}/status", mergePatch, cancellation);

    /// <summary>Deletes this very object: not one that has its name since.</summary>
    public Task DeleteAsync<T>(ResourceType<T> type, T item, CancellationToken cancellation)
        where T : IKubernetesObject =>
        SendAsync(
            HttpMethod.Delete,
            type.ObjectPath(ObjectKey.Of(item)),
            new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = item.Metadata.Uid } },
            cancellation
        );

    private async Task<T> PatchAsync<T>(
        ResourceType<T> type,
        string path,
        JsonObject mergePatch,
        CancellationToken cancellation
    )
        where T : IKubernetesObject =>
        Decode(await SendAsync(HttpMethod.Patch, path, mergePatch, cancellation), type.Json, path);

    /// <summary>
    /// The lines of one watch, until the server ends it. A watch that stays silent for longer than the server
    /// promised to keep it open is ended as transient: bookmarks alone arrive about once a minute.
    /// </summary>
    public async IAsyncEnumerable<WatchLine> WatchAsync<T>(
        ResourceType<T> type,
        string? @namespace,
        string resourceVersion,
        [EnumeratorCancellation] CancellationToken cancellation
    )
        where T : IKubernetesObject
    {
        var path =
            $"{type.CollectionPath(@namespace)}?watch=1&allowWatchBookmarks=true"
            + $"&timeoutSeconds={(int)WatchTimeout.TotalSeconds}"
            + Selector(type)
            + Parameter("resourceVersion", resourceVersion);
        using var silence = new CancellationTokenSource(CallTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await GuardAsync(
            "watch",
            path,
            token => SendWatchAsync(request, token),
            cancellation,
            either.Token
        );
        silence.CancelAfter(WatchTimeout + CallTimeout);
        using var stream = await response.Content.ReadAsStreamAsync(either.Token);
        using var lines = new StreamReader(stream, Encoding.UTF8);
        while (
            await GuardAsync("watch", path, async token => await lines.ReadLineAsync(token), cancellation, either.Token)
                is { } line
        )
        {
            if (line.Length > 0)
            {
                yield return Decode(Encoding.UTF8.GetBytes(line), KubernetesJson.Default.WatchLine, path);
            }
        }
    }

    private async Task<HttpResponseMessage> SendWatchAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            using (response)
            {
                throw await FailureAsync(request, response, cancellation);
            }
        }

        return response;
    }

    private async Task<byte[]> SendAsync(
        HttpMethod method,
        string path,
        JsonObject? body,
        CancellationToken cancellation
    )
    {
        using var deadline = new CancellationTokenSource(CallTimeout, clock);
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
                    new MediaTypeHeaderValue(method == HttpMethod.Patch ? MergePatch : MediaTypeNames.Application.Json)
                );
            }

            using var response = await http.SendAsync(request, token);
            NoteClockSkew(response);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadAsByteArrayAsync(token)
                : throw await FailureAsync(request, response, token);
        }
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

    private static async Task<KubernetesException> FailureAsync(
        HttpRequestMessage request,
        HttpResponseMessage response,
        CancellationToken cancellation
    )
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        ApiStatus? status = null;
        try
        {
            status = JsonSerializer.Deserialize(body, KubernetesJson.Default.ApiStatus);
        }
        catch (JsonException)
        {
            // A proxy in between answers in its own words; the code alone must do.
        }

        return KubernetesException.From(
            request.Method.Method,
            request.RequestUri?.ToString() ?? "",
            response.StatusCode,
            response.Headers.RetryAfter?.Delta,
            status
        );
    }

    private static T Decode<T>(byte[] body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type)
                ?? throw new KubernetesException($"{path}: the answer is null");
        }
        catch (JsonException e)
        {
            throw new KubernetesException($"{path}: the answer is not what the API promises: {e.Message}", e);
        }
    }

    private void NoteClockSkew(HttpResponseMessage response)
    {
        if (response.Headers.Date is { } date)
        {
            ClockSkew = date - clock.GetUtcNow();
        }
    }

    private static string Selector<T>(ResourceType<T> type)
        where T : IKubernetesObject => Parameter("labelSelector", type.Selector);

    private static string Parameter(string name, string? value) =>
        string.IsNullOrEmpty(value) ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}

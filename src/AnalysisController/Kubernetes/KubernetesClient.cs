using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// The few verbs of the Kubernetes API that we use. Every call has a deadline; every failure is a <see
/// cref="KubernetesException"/>.
/// </summary>
/// <param name="fence">Refuses every write while it is closed; null where nobody else may write.</param>
internal sealed class KubernetesClient(HttpClient http, TimeProvider clock, WriteFence? fence = null)
{
    /// <summary>Objects per page of a list: bounds what one answer can cost the server and us.</summary>
    private const int PageLimit = 500;

    /// <summary>Pages of a list; a server that always has another one is not believed.</summary>
    private const int MostPages = 200;

    private readonly ApiConnection _connection = new(http, clock, fence);

    /// <summary>The server's clock as of its last answer, minus ours; null before the first answer.</summary>
    public TimeSpan? ClockSkew => _connection.ClockSkew;

    public async Task<string> GetServerVersionAsync(CancellationToken cancellation)
    {
        var body = await _connection.SendAsync(HttpMethod.Get, "version", null, cancellation);
        return Decode(body, KubernetesJson.Default.ServerVersion, "version").GitVersion ?? "unknown";
    }

    /// <summary>Whether the cluster knows the group and version of a resource.</summary>
    public async Task<bool> ServesAsync<T>(ResourceType<T> type, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        try
        {
            await _connection.SendAsync(HttpMethod.Get, type.Api, null, cancellation);
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>Whether the schema that the cluster serves for a resource's group and version knows a field.</summary>
    public async Task<bool> KnowsFieldAsync<T>(ResourceType<T> type, string field, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        var schema = await _connection.SendAsync(HttpMethod.Get, $"openapi/v3/{type.Api}", null, cancellation);
        return schema.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{field}\"")) >= 0;
    }

    public async Task<T> GetAsync<T>(ResourceType<T> type, ObjectKey key, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        var path = type.ObjectPath(key);
        return Decode(await _connection.SendAsync(HttpMethod.Get, path, null, cancellation), type.Json, path);
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
        for (var pages = 0; pages < MostPages; pages++)
        {
            var page = await ListPageAsync(type, @namespace, PageLimit, next, cancellation);
            items.AddRange(page.Items);
            next = page.Metadata.Continue;
            if (string.IsNullOrEmpty(next))
            {
                return (items, page.Metadata.ResourceVersion);
            }
        }

        throw new KubernetesException(
            $"{type.CollectionPath(@namespace)}: the list has more than {MostPages} pages of {PageLimit}"
        );
    }

    /// <summary>Whether the resource is served and may be listed, at the price of one object.</summary>
    public Task TryListAsync<T>(ResourceType<T> type, string? @namespace, CancellationToken cancellation)
        where T : IKubernetesObject => ListPageAsync(type, @namespace, 1, null, cancellation);

    public async Task<T> CreateAsync<T>(
        ResourceType<T> type,
        string @namespace,
        JsonObject manifest,
        CancellationToken cancellation
    )
        where T : IKubernetesObject
    {
        var path = type.CollectionPath(@namespace);
        return Decode(await _connection.SendAsync(HttpMethod.Post, path, manifest, cancellation), type.Json, path);
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
        _connection.SendAsync(
            HttpMethod.Delete,
            type.ObjectPath(ObjectKey.Of(item)),
            new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = item.Metadata.Uid } },
            cancellation
        );

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
            + $"&timeoutSeconds={(int)ApiConnection.WatchTimeout.TotalSeconds}"
            + Selector(type)
            + Parameter("resourceVersion", resourceVersion);
        await foreach (var line in _connection.WatchAsync(path, cancellation))
        {
            yield return Decode(line, KubernetesJson.Default.WatchLine, path);
        }
    }

    private async Task<T> PatchAsync<T>(
        ResourceType<T> type,
        string path,
        JsonObject mergePatch,
        CancellationToken cancellation
    )
        where T : IKubernetesObject =>
        Decode(await _connection.SendAsync(HttpMethod.Patch, path, mergePatch, cancellation), type.Json, path);

    private async Task<ObjectList<T>> ListPageAsync<T>(
        ResourceType<T> type,
        string? @namespace,
        int limit,
        string? next,
        CancellationToken cancellation
    )
        where T : IKubernetesObject
    {
        var path = $"{type.CollectionPath(@namespace)}?limit={limit}{Selector(type)}{Parameter("continue", next)}";
        return Decode(await _connection.SendAsync(HttpMethod.Get, path, null, cancellation), type.ListJson, path);
    }

    private static T Decode<T>(byte[] body, JsonTypeInfo<T> type, string path)
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

    private static string Selector<T>(ResourceType<T> type)
        where T : IKubernetesObject => Parameter("labelSelector", type.Selector);

    private static string Parameter(string name, string? value) =>
        string.IsNullOrEmpty(value) ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}

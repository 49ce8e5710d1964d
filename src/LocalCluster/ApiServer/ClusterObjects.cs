using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer;

internal enum ClusterEventType
{
    Added,
    Modified,
    Deleted,
}

internal readonly record struct ClusterEvent(ClusterEventType Type, JsonObject Object);

/// <summary>
/// The in-process doorway to the API server, for the parts of the local cluster that play Kubernetes' and Argo's own controllers:
/// the same validation, defaulting, resourceVersions, garbage collection and watch events as over HTTP.
/// Resources are named <c>plural</c> or <c>plural.group</c>: <c>pods</c>, <c>rollouts.argoproj.io</c>. Objects handed out are copies.
/// What the API server would refuse is an <c>ApiException</c> that carries the Status.
/// </summary>
internal sealed class ClusterObjects
{
    public JsonObject? Get(string resource, string @namespace, string name) => throw new NotSupportedException(resource);

    /// <param name="namespace">Null lists all namespaces.</param>
    public IReadOnlyList<JsonObject> List(string resource, string? @namespace = null) => throw new NotSupportedException(resource);

    public JsonObject Create(string resource, string @namespace, JsonObject body) => throw new NotSupportedException(resource);

    /// <summary>Replaces the object; its resourceVersion, when present, must be the current one.</summary>
    /// <param name="subresource"><c>status</c> or null.</param>
    public JsonObject Update(string resource, string @namespace, string name, JsonObject body, string? subresource = null) =>
        throw new NotSupportedException(resource);

    /// <summary>RFC 7386 merge patch; without a resourceVersion in it, it never conflicts.</summary>
    public JsonObject MergePatch(string resource, string @namespace, string name, JsonObject patch, string? subresource = null) =>
        throw new NotSupportedException(resource);

    public void Delete(string resource, string @namespace, string name) => throw new NotSupportedException(resource);

    /// <summary>The objects that exist now as Added, then every change, until cancelled.</summary>
    public IAsyncEnumerable<ClusterEvent> WatchAsync(string resource, CancellationToken cancellation) =>
        throw new NotSupportedException(resource);
}

using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer;

internal enum ClusterEventType
{
    Added,
    Modified,
    Deleted,
}

internal readonly record struct ClusterEvent(ClusterEventType Type, JsonObject Object);

/// <summary>
/// The in-process doorway to the API server, for the parts of the local cluster that play Kubernetes' and Argo's own
/// controllers: the same validation, defaulting, resourceVersions, garbage collection and watch events as over HTTP.
/// Resources are named <c>plural</c> or <c>plural.group</c>: <c>pods</c>, <c>rollouts.argoproj.io</c>. Objects handed
/// out are copies. What the API server would refuse is an <c>ApiException</c> that carries the Status. Unknown fields
/// are refused.
/// </summary>
internal sealed class ClusterObjects(ClusterState state)
{
    private static readonly WriteOptions Strict = new();

    public JsonObject? Get(string resource, string @namespace, string name) =>
        state.Store.Find(Kind(resource).Key(@namespace, name))?.Copy();

    /// <param name="namespace">Null lists all namespaces.</param>
    public IReadOnlyList<JsonObject> List(string resource, string? @namespace = null) =>
        [
            .. state
                .Store.List(Kind(resource).Resource)
                .Objects.Where(found => @namespace is null || found.Key.Namespace == @namespace)
                .Select(found => found.Copy()),
        ];

    public JsonObject Create(string resource, string @namespace, JsonObject body) =>
        state.Writes.Create(Kind(resource), @namespace, Copy(body), Strict).Copy();

    /// <summary>Replaces the object; its resourceVersion, when present, must be the current one.</summary>
    /// <param name="subresource"><c>status</c> or null.</param>
    public JsonObject Update(
        string resource,
        string @namespace,
        string name,
        JsonObject body,
        string? subresource = null
    ) => state.Writes.Update(KindWith(resource, subresource), @namespace, name, Copy(body), subresource, Strict).Copy();

    /// <summary>RFC 7386 merge patch; without a resourceVersion in it, it never conflicts.</summary>
    public JsonObject MergePatch(
        string resource,
        string @namespace,
        string name,
        JsonObject patch,
        string? subresource = null) =>
        state
            .Writes.Patch(
                KindWith(resource, subresource),
                @namespace,
                name,
                before =>
                {
                    Patching.MergePatch.Apply(before, patch);
                    return before;
                },
                subresource,
                Strict)
            .Copy();

    public void Delete(string resource, string @namespace, string name, DeleteOptions? options = null) =>
        state.Removal.Delete(Kind(resource), @namespace, name, options ?? new DeleteOptions());

    /// <summary>The objects that exist now as Added, then every change, until cancelled.</summary>
    /// <remarks>
    /// A reader that falls behind the bound of its queue gets the difference to what it last saw: no state is missed,
    /// only steps.
    /// </remarks>
    public async IAsyncEnumerable<ClusterEvent> WatchAsync(
        string resource,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var kind = Kind(resource);
        var known = new Dictionary<ObjectKey, StoredObject>();
        while (true)
        {
            var (now, watch) = state.Store.Transact(() =>
            {
                var list = state.Store.List(kind.Resource);
                return (list, state.Store.Watch(kind.Resource, list.ResourceVersion)!);
            });
            using var subscription = watch;
            foreach (var difference in Difference(known, now))
                yield return difference;
            while (await watch.Changes.WaitToReadAsync(cancellation))
            {
                while (watch.Changes.TryRead(out var change))
                {
                    if (change.Type == ClusterEventType.Deleted)
                        known.Remove(change.Object.Key);
                    else
                        known[change.Object.Key] = change.Object;
                    yield return new ClusterEvent(change.Type, change.Object.Copy());
                }
            }
            if (!watch.FellBehind)
                throw ApiException.Expired($"{resource} is not served any more");
        }
    }

    private static IEnumerable<ClusterEvent> Difference(Dictionary<ObjectKey, StoredObject> known, ObjectSnapshot now)
    {
        var gone = known.Keys.Except(now.Objects.Select(found => found.Key)).ToList();
        foreach (var key in gone)
        {
            known.Remove(key, out var last);
            yield return new ClusterEvent(ClusterEventType.Deleted, last!.Copy());
        }
        foreach (var found in now.Objects)
        {
            var isKnown = known.TryGetValue(found.Key, out var last);
            known[found.Key] = found;
            if (last?.ResourceVersion != found.ResourceVersion)
            {
                yield return new ClusterEvent(
                    isKnown ? ClusterEventType.Modified : ClusterEventType.Added,
                    found.Copy());
            }
        }
    }

    private ResourceKind Kind(string resource) => state.Catalog.Find(resource) ?? throw ApiException.NoSuchPath();

    private ResourceKind KindWith(string resource, string? subresource)
    {
        var kind = Kind(resource);
        return subresource is null || (subresource == "status" && kind.HasStatusSubresource)
            ? kind
            : throw ApiException.NoSuchPath();
    }

    private static JsonObject Copy(JsonObject body) => body.DeepClone().AsObject();
}

using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>
/// Deletion with finalizers and owner-reference garbage collection (kubernetes/kubernetes
/// pkg/controller/garbagecollector). Unlike Kubernetes it collects within the deleting request. A pod that runs on the
/// node stays, terminating, until the node says that its process is gone (registry/core/pod/strategy.go,
/// CheckGracefulDelete).
/// </summary>
internal sealed class ObjectRemoval(ObjectStore store, ResourceCatalog catalog, TimeProvider clock)
{
    /// <summary>Kubernetes forgets an event after an hour; here the oldest goes above this count.</summary>
    public const int EventLimit = 2000;

    private const long DefaultGraceSeconds = 30;
    private const string ForegroundFinalizer = "foregroundDeletion";

    /// <returns>The object's last state, and whether it is gone; a finalizer keeps it with a
    /// deletionTimestamp.</returns>
    public (StoredObject Object, bool IsGone) Delete(
        ResourceKind kind,
        string @namespace,
        string name,
        DeleteOptions options) =>
        store.Transact(() =>
        {
            var existing = store.Find(kind.Key(@namespace, name)) ?? throw ApiException.NotFound(kind, name);
            CheckPreconditions(kind, existing, options);
            if (kind.Resource == "namespaces" && name == ClusterState.DefaultNamespace)
                throw ApiException.Forbidden(kind, name, "this namespace may not be deleted");
            if (options.IsDryRun)
                return (existing, true);
            if (!EndsGracefully(existing, options.GracePeriodSeconds))
                Delete(existing, options.Propagation, options.GracePeriodSeconds);
            var kept = store.Find(existing.Key);
            return (kept ?? existing, kept is null);
        });

    /// <summary>
    /// What a write may set off: the last finalizer went, or the owners were gone before the object came.
    /// </summary>
    public void AfterWrite(ResourceKind kind, StoredObject stored)
    {
        if (kind.Resource == "events" && store.List(kind.Resource).Objects is { Count: > EventLimit } events)
            Remove(events.MinBy(candidate => candidate.ResourceVersion)!);
        var metadata = stored.Copy().Metadata;
        if (metadata.ContainsKey("deletionTimestamp"))
        {
            var isEnding = metadata.Whole("deletionGracePeriodSeconds") > 0;
            if (Finalizers(metadata).Count == 0 && kind.Resource != "namespaces" && !isEnding)
                Remove(stored);
        }
        else if (stored.Owners.Count > 0 && !stored.Owners.Any(IsAlive))
        {
            Delete(stored, Propagation.Background);
        }
    }

    private static void CheckPreconditions(ResourceKind kind, StoredObject existing, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != existing.Uid)
        {
            throw ApiException.Conflict(
                kind,
                existing.Key.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {existing.Uid}");
        }
        var version = existing.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        if (options.ResourceVersion is { } wanted && wanted != version)
        {
            throw ApiException.Conflict(
                kind,
                existing.Key.Name,
                $"Precondition failed: ResourceVersion in precondition: {wanted}, "
                    + $"ResourceVersion in object meta: {version}");
        }
    }

    /// <summary>Marks a pod that runs on the node; the node deletes it again, with no grace, when it is gone.</summary>
    /// <returns>False when it is to be removed at once.</returns>
    private bool EndsGracefully(StoredObject existing, long? graceSeconds)
    {
        if (existing.Key.Resource != "pods")
            return false;
        var body = existing.Copy();
        var spec = body.Child("spec") ?? [];
        var seconds = graceSeconds ?? spec.Whole("terminationGracePeriodSeconds") ?? DefaultGraceSeconds;
        var isOver = body.Child("status")?.Text("phase") is "Failed" or "Succeeded";
        if (spec.Text("nodeName") is not { Length: > 0 } || isOver || seconds <= 0)
            return false;
        var metadata = body.Metadata;
        if (metadata.Whole("deletionGracePeriodSeconds") is { } before && before <= seconds)
            return true;
        metadata["deletionTimestamp"] = ObjectTime.Format(clock.GetUtcNow().AddSeconds(seconds));
        metadata["deletionGracePeriodSeconds"] = seconds;
        store.Put(existing.Key, body);
        return true;
    }

    private void Delete(StoredObject existing, Propagation propagation, long? graceSeconds = null)
    {
        if (graceSeconds is null && EndsGracefully(existing, null))
            return;
        if (existing.Key.Resource == "namespaces")
        {
            DeleteNamespace(existing);
            return;
        }
        var dependents = store.Dependents(existing.Uid);
        if (propagation == Propagation.Orphan)
        {
            foreach (var dependent in dependents)
                DropOwners(dependent, owner => owner.Uid == existing.Uid);
            dependents = [];
        }
        var waits = propagation == Propagation.Foreground && dependents.Count > 0;
        var metadata = existing.Copy().Metadata;
        if (!waits && Finalizers(metadata).Count == 0)
        {
            Remove(existing);
            return;
        }
        if (!metadata.ContainsKey("deletionTimestamp"))
            MarkDeleted(existing, waits);
        if (waits)
        {
            foreach (var dependent in dependents.Where(dependent => !HasOtherOwner(dependent, existing.Uid)))
                Delete(dependent, Propagation.Foreground);
            FinishForeground(existing.Key);
        }
    }

    private void MarkDeleted(StoredObject existing, bool waitsForDependents)
    {
        var body = existing.Copy();
        body.Metadata["deletionTimestamp"] = ObjectTime.Format(clock.GetUtcNow());
        if (body.Metadata.Whole("generation") is { } generation)
            body.Metadata["generation"] = generation + 1;
        if (waitsForDependents)
        {
            body.Metadata["finalizers"] = new JsonArray([
                .. Finalizers(body.Metadata).Append(ForegroundFinalizer).Select(name => JsonValue.Create(name)),
            ]);
        }
        store.Put(existing.Key, body);
    }

    private void Remove(StoredObject existing)
    {
        if (store.Remove(existing.Key) is not { } removed)
            return;
        foreach (var dependent in store.Dependents(removed.Uid))
        {
            if (dependent.Owners.Any(IsAlive))
                DropOwners(dependent, owner => owner.Uid == removed.Uid);
            else
                Delete(dependent, Propagation.Background);
        }
        foreach (var owner in removed.Owners)
        {
            if (store.FindByUid(owner.Uid) is { } waiting)
                FinishForeground(waiting.Key);
        }
        if (removed.Key.Resource == CustomResources.DefinitionResource)
            Withdraw(removed.Key.Name);
        if (removed.Key.Namespace.Length > 0)
            FinishNamespace(removed.Key.Namespace);
    }

    private void FinishForeground(ObjectKey key)
    {
        if (
            store.Find(key) is not { } waiting
            || store.Dependents(waiting.Uid).Any(dependent => Blocks(dependent, waiting.Uid)))
        {
            return;
        }
        var body = waiting.Copy();
        var finalizers = Finalizers(body.Metadata);
        if (!finalizers.Remove(ForegroundFinalizer))
            return;
        if (finalizers.Count > 0)
            body.Metadata["finalizers"] = new JsonArray([.. finalizers.Select(name => JsonValue.Create(name))]);
        else
            body.Metadata.Remove("finalizers");
        var stored = store.Put(key, body);
        if (finalizers.Count == 0)
            Remove(stored);
    }

    private static bool Blocks(StoredObject dependent, string ownerUid) =>
        dependent.Owners.Any(owner => owner.Uid == ownerUid && owner.BlocksOwnerDeletion);

    private void DropOwners(StoredObject dependent, Func<OwnerReference, bool> isDropped)
    {
        var body = dependent.Copy();
        var dropped = dependent.Owners.Where(isDropped).Select(owner => owner.Uid).ToHashSet(StringComparer.Ordinal);
        var kept = body.Metadata.Children("ownerReferences").Where(owner => !dropped.Contains(owner.Text("uid") ?? ""));
        body.Metadata["ownerReferences"] = new JsonArray([.. kept.Select(owner => owner.DeepClone())]);
        store.Put(dependent.Key, body);
    }

    private void DeleteNamespace(StoredObject existing)
    {
        var body = existing.Copy();
        body.Metadata["deletionTimestamp"] ??= ObjectTime.Format(clock.GetUtcNow());
        body["status"] = new JsonObject { ["phase"] = "Terminating" };
        store.Put(existing.Key, body);
        foreach (var content in Contents(existing.Key.Name))
        {
            if (store.Find(content.Key) is { } stillThere)
                Delete(stillThere, Propagation.Background);
        }
        FinishNamespace(existing.Key.Name);
    }

    private void FinishNamespace(string name)
    {
        var home = store.Find(new ObjectKey("namespaces", "", name));
        if (home is not null && home.Copy().Metadata.ContainsKey("deletionTimestamp") && Contents(name).Count == 0)
            store.Remove(home.Key);
    }

    private List<StoredObject> Contents(string @namespace) =>
        [
            .. catalog
                .All.Where(kind => kind.IsNamespaced)
                .SelectMany(kind => store.List(kind.Resource).Objects)
                .Where(content => content.Key.Namespace == @namespace),
        ];

    private void Withdraw(string resource)
    {
        foreach (var instance in store.List(resource).Objects)
            store.Remove(instance.Key);
        catalog.Withdraw(resource);
        store.EndWatches(resource);
    }

    private bool HasOtherOwner(StoredObject dependent, string uid) =>
        dependent.Owners.Any(owner => owner.Uid != uid && IsAlive(owner));

    /// <summary>An owner of a kind that is not served here is taken as alive: nothing is known about it.</summary>
    private bool IsAlive(OwnerReference owner) =>
        store.FindByUid(owner.Uid) is not null || catalog.FindKind(owner.ApiVersion, owner.Kind) is null;

    private static List<string> Finalizers(JsonObject metadata) =>
        [.. (metadata["finalizers"] as JsonArray ?? []).Select(name => name.AsText).OfType<string>()];
}

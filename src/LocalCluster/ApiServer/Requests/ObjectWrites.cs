using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Patching;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>
/// Create, update and patch by Kubernetes' rules for metadata, generation and the status subresource
/// (kubernetes/apiserver pkg/registry/rest/{create,update}.go). Each is one transaction of the store.
/// </summary>
internal sealed class ObjectWrites(
    ObjectStore store,
    ResourceCatalog catalog,
    ObjectRemoval removal,
    TimeProvider clock,
    Func<Guid> newUid)
{
    private const int GeneratedNameAttempts = 8;
    private const string GeneratedNameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Takes the body over.</summary>
    public StoredObject Create(ResourceKind kind, string @namespace, JsonObject body, WriteOptions options)
    {
        Incoming.CheckIdentity(kind, @namespace, null, body);
        Incoming.Prune(kind, body, options);
        body.Metadata.Remove("managedFields");
        return Insert(kind, @namespace, body, options);
    }

    private StoredObject Insert(ResourceKind kind, string @namespace, JsonObject body, WriteOptions options)
    {
        if (body.Metadata.Text("resourceVersion") is { Length: > 0 })
            throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        return store.Transact(() =>
        {
            if (kind.IsNamespaced)
                CheckNamespace(kind, @namespace, body.Metadata.Text("name") ?? "");
            var uid = newUid();
            var key = kind.Key(@namespace, NewName(kind, @namespace, body.Metadata, uid));
            SetNewMetadata(kind, key, uid, body.Metadata);
            if (kind.HasStatusSubresource)
                body.Remove("status");
            Complete(kind, body, null);
            if (store.Find(key) is not null)
                throw ApiException.AlreadyExists(kind, key.Name);
            return Store(kind, key, body, options);
        });
    }

    /// <summary>Takes the body over.</summary>
    /// <param name="subresource"><c>status</c> or null.</param>
    public StoredObject Update(
        ResourceKind kind,
        string @namespace,
        string name,
        JsonObject body,
        string? subresource,
        WriteOptions options)
    {
        Incoming.CheckIdentity(kind, @namespace, name, body);
        Incoming.Prune(kind, body, options);
        return store.Transact(() => Replace(kind, Existing(kind, @namespace, name), body, subresource, options));
    }

    /// <param name="patch">Changes the copy it is given, or throws an <see cref="ApiException"/>.</param>
    public StoredObject Patch(
        ResourceKind kind,
        string @namespace,
        string name,
        Func<JsonObject, JsonObject> patch,
        string? subresource,
        WriteOptions options) =>
        store.Transact(() =>
        {
            var existing = Existing(kind, @namespace, name);
            var body = patch(existing.Copy());
            Incoming.CheckIdentity(kind, @namespace, name, body);
            Incoming.Prune(kind, body, options);
            return Replace(kind, existing, body, subresource, options with { RequiresResourceVersion = false });
        });

    /// <summary>
    /// Server-side apply: makes the object, or gives it the fields of <paramref name="config"/> and takes away those
    /// that the manager applied before and nobody else owns.
    /// </summary>
    /// <exception cref="ApiException">409: another manager owns a field that would change.</exception>
    public (StoredObject Object, bool IsNew) Apply(
        ResourceKind kind, string @namespace, string name, JsonObject config, bool isForced, WriteOptions options)
    {
        Incoming.CheckIdentity(kind, @namespace, name, config);
        Incoming.Prune(kind, config, options);
        if (config.Metadata.ContainsKey("managedFields"))
            throw ApiException.BadRequest("metadata.managedFields must be nil");
        return store.Transact(() =>
        {
            var time = ObjectTime.Format(clock.GetUtcNow());
            var wanted = FieldPaths.Of(kind, config);
            var manager = options.FieldManager;
            if (store.Find(kind.Key(@namespace, name)) is not { } existing)
            {
                new FieldOwners([]).Applied(kind, manager, wanted, [], time).WriteTo(config);
                return (Insert(kind, @namespace, config, options), true);
            }
            var body = existing.Copy();
            var owners = FieldOwners.Before(kind, body, time);
            var conflicts = owners.Conflicts(manager, wanted, body, config);
            if (conflicts.Count > 0 && !isForced)
                throw ApiException.FieldConflict(kind, name, conflicts);
            // Items first: without its keys an item would not be found any more.
            foreach (var path in owners.AppliedBy(manager).Except(wanted).OrderByDescending(path => path.IsItem))
            {
                if (!owners.IsOwnedByAnother(path, manager))
                    FieldPaths.Remove(body, path);
            }
            ApplyPatch.Merge(kind.Schema, body, config);
            owners.Applied(kind, manager, wanted, conflicts.Select(conflict => conflict.Path), time).WriteTo(body);
            return (Replace(kind, existing, body, null, options with { RequiresResourceVersion = false }), false);
        });
    }

    private StoredObject Existing(ResourceKind kind, string @namespace, string name) =>
        store.Find(kind.Key(@namespace, name)) ?? throw ApiException.NotFound(kind, name);

    private StoredObject Replace(
        ResourceKind kind,
        StoredObject existing,
        JsonObject body,
        string? subresource,
        WriteOptions options)
    {
        var name = existing.Key.Name;
        var version = body.Metadata.Text("resourceVersion");
        if (version is null or "" && options.RequiresResourceVersion)
        {
            throw ApiException.Invalid(
                kind,
                name,
                [FieldError.Invalid("metadata.resourceVersion", "0x0", "must be specified for an update")]);
        }
        if (version is { Length: > 0 } && version != existing.ResourceVersion.ToString(CultureInfo.InvariantCulture))
            throw ApiException.ObjectModified(kind, name);
        if (body.Metadata.Text("uid") is { Length: > 0 } uid && uid != existing.Uid)
        {
            throw ApiException.Conflict(
                kind,
                name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {existing.Uid}");
        }
        var before = existing.Copy();
        var next = subresource == "status" ? StatusOnly(before, body) : MainOnly(kind, before, body);
        next.Metadata.CopyProperty("resourceVersion", before.Metadata);
        Complete(kind, next, before);
        RememberOwners(kind, before, next, subresource, options);
        if (JsonNode.DeepEquals(next, before))
            return existing;
        return Store(kind, existing.Key, next, options);
    }

    /// <summary>Only from the first server-side apply on; an entry that the writer sets itself stands.</summary>
    private void RememberOwners(
        ResourceKind kind, JsonObject before, JsonObject next, string? subresource, WriteOptions options)
    {
        if (!next.Metadata.ContainsKey("managedFields"))
            next.Metadata.CopyProperty("managedFields", before.Metadata);
        var owners = FieldOwners.Of(before);
        if (owners.IsEmpty || !JsonNode.DeepEquals(next.Metadata["managedFields"], before.Metadata["managedFields"]))
            return;
        var time = ObjectTime.Format(clock.GetUtcNow());
        owners.Updated(kind, before, next, options.FieldManager, subresource, time).WriteTo(next);
    }

    private static JsonObject StatusOnly(JsonObject before, JsonObject body)
    {
        var next = before.DeepClone().AsObject();
        next.CopyProperty("status", body);
        return next;
    }

    private static JsonObject MainOnly(ResourceKind kind, JsonObject before, JsonObject body)
    {
        foreach (var name in (string[])["uid", "creationTimestamp", "generation", "deletionTimestamp", "namespace"])
            body.Metadata.CopyProperty(name, before.Metadata);
        if (kind.HasStatusSubresource)
            body.CopyProperty("status", before);
        if (kind.CountsGeneration && IsWantedDifferent(kind, before, body))
            body.Metadata["generation"] = (before.Metadata.Whole("generation") ?? 0) + 1;
        return body;
    }

    private static bool IsWantedDifferent(ResourceKind kind, JsonObject before, JsonObject after) =>
        before
            .Select(entry => entry.Key)
            .Union(after.Select(entry => entry.Key))
            .Where(name => name != "metadata" && !(name == "status" && kind.HasStatusSubresource))
            .Any(name => !JsonNode.DeepEquals(before[name], after[name]));

    private void Complete(ResourceKind kind, JsonObject body, JsonObject? before)
    {
        SchemaDefaults.Apply(kind.Schema, body);
        KindRules.Complete(kind, body, before, clock.GetUtcNow());
        var errors = new List<FieldError>();
        MetadataRules.Check(body.Metadata, before?.Metadata, errors);
        SchemaValidation.Check(kind.Schema, body, "", errors);
        if (errors.Count == 0)
            KindRules.Check(kind, body, before, errors);
        if (errors.Count > 0)
            throw ApiException.Invalid(kind, body.Metadata.Text("name") ?? "", errors);
    }

    private StoredObject Store(ResourceKind kind, ObjectKey key, JsonObject body, WriteOptions options)
    {
        if (kind.Warning is { } warning)
            options.Warnings?.Add(warning);
        if (options.IsDryRun)
            return StoredObject.Unstored(key, body);
        var stored = store.Put(key, body);
        if (kind.Resource == CustomResources.DefinitionResource)
            catalog.Serve(CustomResources.Read(stored.Copy(), [])!);
        removal.AfterWrite(kind, stored);
        return stored;
    }

    private void CheckNamespace(ResourceKind kind, string @namespace, string name)
    {
        var home = catalog.Find("namespaces")!;
        var found = store.Find(home.Key("", @namespace)) ?? throw ApiException.NotFound(home, @namespace);
        if (found.Copy().Metadata.ContainsKey("deletionTimestamp"))
        {
            throw ApiException.Forbidden(
                kind,
                name,
                $"unable to create new content in namespace {@namespace} because it is being terminated");
        }
    }

    private string NewName(ResourceKind kind, string @namespace, JsonObject metadata, Guid uid)
    {
        var name = metadata.Text("name") ?? "";
        var prefix = metadata.Text("generateName") ?? "";
        if (name.Length > 0 || prefix.Length == 0)
            return name;
        for (var attempt = 0; attempt < GeneratedNameAttempts; attempt++)
        {
            name = prefix + Suffix(attempt == 0 ? uid : newUid());
            if (store.Find(kind.Key(@namespace, name)) is null)
                return name;
        }
        throw ApiException.AlreadyExists(kind, name);
    }

    private static string Suffix(Guid uid) =>
        string.Concat(
            uid.ToByteArray().TakeLast(5).Select(value => GeneratedNameAlphabet[value % GeneratedNameAlphabet.Length]));

    private void SetNewMetadata(ResourceKind kind, ObjectKey key, Guid uid, JsonObject metadata)
    {
        foreach (
            var name in (string[])
                ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation", "namespace"])
        {
            metadata.Remove(name);
        }
        metadata["name"] = key.Name;
        if (kind.IsNamespaced)
            metadata["namespace"] = key.Namespace;
        metadata["uid"] = uid.ToString();
        metadata["creationTimestamp"] = ObjectTime.Format(clock.GetUtcNow());
        if (kind.CountsGeneration)
            metadata["generation"] = 1;
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>Who wrote which fields by which operation: one entry of <c>metadata.managedFields</c>.</summary>
internal sealed record FieldOwner(
    string Manager, string Operation, string? Subresource, string ApiVersion, string Time, HashSet<FieldPath> Fields)
{
    public bool IsApply => Operation == FieldOwners.ApplyOperation;

    public bool IsSameAs(FieldOwner other) =>
        Manager == other.Manager && Operation == other.Operation && Subresource == other.Subresource;
}

/// <summary>
/// <c>metadata.managedFields</c>, kept from an object's first server-side apply on: what stood before it belongs to
/// <c>before-first-apply</c>, as for objects older than the feature
/// (kubernetes/apimachinery pkg/util/managedfields).
/// </summary>
internal sealed class FieldOwners(ImmutableList<FieldOwner> owners)
{
    public const string ApplyOperation = "Apply";
    private const string UpdateOperation = "Update";
    private const string BeforeFirstApply = "before-first-apply";

    public bool IsEmpty => owners.IsEmpty;

    public static FieldOwners Of(JsonObject body) => new(
    [
        .. body.Metadata.Children("managedFields").Select(entry => new FieldOwner(
            entry.Text("manager") ?? "",
            entry.Text("operation") ?? "",
            entry.Text("subresource"),
            entry.Text("apiVersion") ?? "",
            entry.Text("time") ?? "",
            FieldPaths.Read(entry.Child("fieldsV1") ?? []))),
    ]);

    /// <summary>Those of an object that has none: all that it has was written before.</summary>
    public static FieldOwners Before(ResourceKind kind, JsonObject body, string time)
    {
        var owned = Of(body);
        var fields = FieldPaths.Of(kind, body);
        return !owned.IsEmpty || fields.Count == 0
            ? owned
            : new([new FieldOwner(BeforeFirstApply, UpdateOperation, null, kind.ApiVersion, time, fields)]);
    }

    public HashSet<FieldPath> AppliedBy(string manager) =>
        owners.Find(owner => owner.IsApply && owner.Manager == manager)?.Fields ?? [];

    public bool IsOwnedByAnother(FieldPath path, string manager) =>
        owners.Any(owner => !(owner.IsApply && owner.Manager == manager)
            && (owner.Fields.Contains(path) || owner.Fields.Any(field => field.IsBelow(path.Whole))));

    /// <summary>The fields that others own and that would be changed.</summary>
    public IReadOnlyList<(FieldOwner Owner, FieldPath Path)> Conflicts(
        string manager, HashSet<FieldPath> wanted, JsonObject live, JsonObject config) =>
    [
        .. from owner in owners
        where !(owner.IsApply && owner.Manager == manager)
        from path in owner.Fields.Order()
        where wanted.Contains(path)
        where FieldPaths.IsChanged(path, live, config)
        select (owner, path),
    ];

    /// <summary>After an apply: the manager owns what it applied, and alone what it took from others.</summary>
    public FieldOwners Applied(
        ResourceKind kind, string manager, HashSet<FieldPath> wanted, IEnumerable<FieldPath> taken, string time)
    {
        var lost = taken.ToHashSet();
        // Applying the same again changes nothing, not even the time.
        if (owners.Find(owner => owner.IsApply && owner.Manager == manager) is { } before
            && before.Fields.SetEquals(wanted))
        {
            time = before.Time;
        }
        var kept = owners.Where(owner => !(owner.IsApply && owner.Manager == manager))
            .Select(owner => owner with { Fields = [.. owner.Fields.Except(lost)] })
            .Where(owner => owner.Fields.Count > 0);
        return new([.. kept, new FieldOwner(manager, ApplyOperation, null, kind.ApiVersion, time, wanted)]);
    }

    /// <summary>After any other write: who changed a field owns it, alone; what is gone, nobody owns.</summary>
    public FieldOwners Updated(
        ResourceKind kind, JsonObject before, JsonObject after, string manager, string? subresource, string time)
    {
        var ofStatus = subresource == "status";
        var now = FieldPaths.Of(kind, after, ofStatus);
        var changed = now.Where(path => FieldPaths.IsChanged(path, before, after)).ToHashSet();
        var gone = FieldPaths.Of(kind, before, ofStatus).Except(now).ToHashSet();
        if (changed.Count == 0 && gone.Count == 0)
            return this;
        var own = new FieldOwner(manager, UpdateOperation, subresource, kind.ApiVersion, time, []);
        var mine = owners.Find(own.IsSameAs)?.Fields ?? [];
        var kept = owners.Where(owner => !owner.IsSameAs(own))
            .Select(owner => owner with { Fields = [.. owner.Fields.Except(changed).Except(gone)] });
        var all = kept.Append(own with { Fields = [.. mine.Except(gone).Union(changed)] });
        return new([.. all.Where(owner => owner.Fields.Count > 0)]);
    }

    public void WriteTo(JsonObject body)
    {
        if (owners.IsEmpty)
            body.Metadata.Remove("managedFields");
        else
            body.Metadata["managedFields"] = new JsonArray([.. owners.Select(Write)]);
    }

    private static JsonObject Write(FieldOwner owner)
    {
        var entry = new JsonObject
        {
            ["manager"] = owner.Manager,
            ["operation"] = owner.Operation,
            ["apiVersion"] = owner.ApiVersion,
            ["time"] = owner.Time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = FieldPaths.Write(owner.Fields),
        };
        if (owner.Subresource is { } subresource)
            entry["subresource"] = subresource;
        return entry;
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>
/// A field of an object as <c>managedFields</c> names it: <c>f:name</c> a field, <c>k:{…}</c> an item of a list with
/// keys, <c>v:…</c> an item of a set, <c>.</c> the item itself (sigs.k8s.io/structured-merge-diff v4, fieldpath).
/// </summary>
internal sealed record FieldPath(ImmutableArray<string> Steps) : IComparable<FieldPath>
{
    public const string ItemItself = "..";

    public static readonly FieldPath Root = new([]);

    /// <summary>The item of a list itself, of which this is the membership; else the field.</summary>
    public FieldPath Whole => IsItem ? new(Steps[..^1]) : this;

    public bool IsItem => Steps.Length > 0 && Steps[^1] == ItemItself;

    public FieldPath Below(string step) => new(Steps.Add(step));

    public bool IsBelow(FieldPath parent) =>
        Steps.Length > parent.Steps.Length && parent.Steps.SequenceEqual(Steps[..parent.Steps.Length]);

    public bool Equals(FieldPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => Steps.Aggregate(17, HashCode.Combine);

    public int CompareTo(FieldPath? other) => string.CompareOrdinal(ToString(), other?.ToString());

    /// <summary>As a conflict names it: <c>.spec.template.spec.containers[name="api"].image</c>.</summary>
    public override string ToString() => string.Concat(Steps.Select(step => step[..2] switch
    {
        "f:" => $".{step[2..]}",
        "k:" => $"[{string.Join(',', Keys(step).Select(key => $"{key.Key}={key.Value?.ToJsonString()}"))}]",
        "v:" => $"[={step[2..]}]",
        _ => "",
    }));

    public static JsonObject Keys(string step) => JsonNode.Parse(step[2..])!.AsObject();
}

/// <summary>Which fields a body has, down to what is owned as one: scalars, atomic lists, empty maps.</summary>
internal static class FieldPaths
{
    private static readonly FieldPath Metadata = FieldPath.Root.Below("f:metadata");

    private static readonly ImmutableHashSet<string> SystemMetadata =
    [
        "name", "namespace", "generateName", "uid", "resourceVersion", "generation", "creationTimestamp",
        "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink",
    ];

    /// <summary>The fields that somebody can own: not identity, not what the server itself writes.</summary>
    public static HashSet<FieldPath> Of(ResourceKind kind, JsonObject body, bool ofStatus = false)
    {
        var found = new HashSet<FieldPath>();
        foreach (var (name, value) in body)
        {
            if (name is "apiVersion" or "kind" || (kind.HasStatusSubresource && (name == "status") != ofStatus))
                continue;
            if (name == "metadata" && value is JsonObject metadata)
                AddMetadata(metadata, found);
            else
                Add(kind.Schema.Field(name), value, FieldPath.Root.Below($"f:{name}"), found);
        }
        return found;
    }

    public static JsonObject Write(IEnumerable<FieldPath> paths)
    {
        var root = new JsonObject();
        foreach (var path in paths.Order())
        {
            var node = root;
            foreach (var step in path.Steps)
            {
                var name = step == FieldPath.ItemItself ? "." : step;
                if (node[name] is not JsonObject child)
                    node[name] = child = [];
                node = child;
            }
        }
        return root;
    }

    public static HashSet<FieldPath> Read(JsonObject fields)
    {
        var found = new HashSet<FieldPath>();
        Read(fields, FieldPath.Root, found);
        return found;
    }

    /// <summary>The value at a path; null when there is none.</summary>
    public static JsonNode? Find(JsonNode? node, FieldPath path)
    {
        foreach (var step in path.Steps)
        {
            node = step[..2] switch
            {
                FieldPath.ItemItself => node,
                "f:" => node is JsonObject map ? map[step[2..]] : null,
                "k:" => Item(node, step),
                _ => (node as JsonArray)?.FirstOrDefault(item => item?.ToJsonString() == step[2..]),
            };
        }
        return node;
    }

    /// <summary>Of an item itself only its being there counts: what is in it has paths of its own.</summary>
    public static bool IsChanged(FieldPath path, JsonObject before, JsonObject after)
    {
        var (old, now) = (Find(before, path), Find(after, path));
        return path.IsItem ? old is null != now is null : !JsonNode.DeepEquals(old, now);
    }

    /// <summary>Takes a field out, and the maps and lists that become empty by it.</summary>
    public static void Remove(JsonNode root, FieldPath path)
    {
        var whole = path.Whole;
        var (parentPath, last) = (new FieldPath(whole.Steps[..^1]), whole.Steps[^1]);
        var parent = Find(root, parentPath);
        var isEmpty = (last[..2], parent) switch
        {
            ("f:", JsonObject map) => map.Remove(last[2..]) && map.Count == 0,
            (_, JsonArray list) => Take(list, last) && list.Count == 0,
            _ => false,
        };
        if (isEmpty && parentPath.Steps.Length > 1)
            Remove(root, parentPath);
    }

    public static string KeyStep(Schema list, JsonObject item)
    {
        var keys = new JsonObject();
        foreach (var key in list.ListMapKeys.Order(StringComparer.Ordinal))
        {
            if ((item[key] ?? list.Items?.Field(key)?.Default) is { } value)
                keys[key] = value.DeepClone();
        }
        return $"k:{keys.ToJsonString()}";
    }

    private static bool Take(JsonArray list, string step)
    {
        var found = step[0] == 'k'
            ? Item(list, step)
            : list.FirstOrDefault(item => item?.ToJsonString() == step[2..]);
        return found is not null && list.Remove(found);
    }

    private static JsonObject? Item(JsonNode? list, string step)
    {
        var keys = FieldPath.Keys(step);
        return (list as JsonArray)?.OfType<JsonObject>()
            .FirstOrDefault(item => keys.All(key => JsonNode.DeepEquals(item[key.Key], key.Value)));
    }

    private static void AddMetadata(JsonObject metadata, HashSet<FieldPath> found)
    {
        foreach (var (name, value) in metadata)
        {
            if (!SystemMetadata.Contains(name))
                Add(BuiltInKinds.ObjectMeta.Field(name), value, Metadata.Below($"f:{name}"), found);
        }
    }

    private static void Add(Schema? schema, JsonNode? node, FieldPath path, HashSet<FieldPath> found)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                foreach (var (name, value) in map)
                    Add(schema?.Field(name), value, path.Below($"f:{name}"), found);
                break;
            case JsonArray { Count: > 0 } list when schema is { ListMapKeys.Length: > 0 }:
                foreach (var item in list.OfType<JsonObject>())
                {
                    var itemPath = path.Below(KeyStep(schema, item));
                    found.Add(itemPath.Below(FieldPath.ItemItself));
                    Add(schema.Items, item, itemPath, found);
                }
                break;
            case JsonArray { Count: > 0 } list when schema is { IsSet: true }:
                foreach (var item in list)
                    found.Add(path.Below($"v:{item?.ToJsonString()}"));
                break;
            default:
                found.Add(path);
                break;
        }
    }

    private static void Read(JsonObject fields, FieldPath path, HashSet<FieldPath> found)
    {
        if (fields.Count == 0)
            found.Add(path);
        foreach (var (step, below) in fields)
            Read(below as JsonObject ?? [], path.Below(step == "." ? FieldPath.ItemItself : step), found);
    }
}

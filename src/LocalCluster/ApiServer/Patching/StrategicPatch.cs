using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Patching;

/// <summary>
/// Strategic merge patch of built-in kinds: lists with a merge key are merged item by item, sets are united; directives
/// <c>$patch: delete|replace|merge</c>, <c>$deleteFromPrimitiveList/x</c>, <c>$setElementOrder/x</c>,
/// <c>$retainKeys</c> (apimachinery pkg/util/strategicpatch; sig-api-machinery/strategic-merge-patch.md).
/// </summary>
internal static class StrategicPatch
{
    private const string Order = "$setElementOrder/";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";

    public static void Apply(Schema? schema, JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace")
        {
            target.Clear();
            foreach (var (name, value) in patch.Where(entry => entry.Key != "$patch"))
                target[name] = value?.DeepClone();
            return;
        }
        if (patch["$retainKeys"] is JsonArray retained)
            Retain(target, retained);
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal))
                RemoveValues(target, name[DeleteFrom.Length..], value);
            else if (!name.StartsWith('$'))
                ApplyField(schema?.Field(name), target, name, value);
        }
        foreach (var (name, value) in patch.Where(entry => entry.Key.StartsWith(Order, StringComparison.Ordinal)))
        {
            var field = name[Order.Length..];
            if (target[field] is JsonArray list && value is JsonArray order)
                target[field] = Sorted(schema?.Field(field), list, order);
        }
    }

    private static void ApplyField(Schema? schema, JsonObject target, string name, JsonNode? value)
    {
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject change when change.Text("$patch") == "delete":
                target.Remove(name);
                break;
            case JsonObject change:
                if (target[name] is not JsonObject child)
                    target[name] = child = [];
                Apply(schema, child, change);
                break;
            case JsonArray changes when schema is { ListMapKeys: [var key, ..] }:
                target[name] = Merged(schema, key, target[name] as JsonArray ?? [], changes);
                break;
            case JsonArray changes when schema is { IsSet: true }:
                target[name] = United(target[name] as JsonArray ?? [], changes);
                break;
            default:
                target[name] = value.DeepClone();
                break;
        }
    }

    private static JsonArray Merged(Schema schema, string key, JsonArray current, JsonArray changes)
    {
        var replaces = changes
            .OfType<JsonObject>()
            .Any(change => change.Text("$patch") == "replace" && !change.ContainsKey(key));
        var items = replaces ? [] : current.Select(item => item?.DeepClone()).ToList();
        foreach (var change in changes.OfType<JsonObject>().Where(change => change.ContainsKey(key)))
        {
            var index = items.FindIndex(item => item is JsonObject map && JsonNode.DeepEquals(map[key], change[key]));
            if (change.Text("$patch") == "delete")
            {
                if (index >= 0)
                    items.RemoveAt(index);
                continue;
            }
            if (index < 0)
            {
                items.Add(new JsonObject());
                index = items.Count - 1;
            }
            Apply(schema.Items, (JsonObject)items[index]!, change);
        }
        return new JsonArray([.. items]);
    }

    private static JsonArray United(JsonArray current, JsonArray changes)
    {
        var united = current.DeepClone().AsArray();
        foreach (var change in changes)
        {
            if (!united.Any(existing => JsonNode.DeepEquals(existing, change)))
                united.Add(change?.DeepClone());
        }
        return united;
    }

    /// <summary>The items that the order names, in its order; the others keep their place after them.</summary>
    private static JsonArray Sorted(Schema? schema, JsonArray list, JsonArray order)
    {
        var key = schema is { ListMapKeys: [var first, ..] } ? first : null;
        var places = order.Select(wanted => key is null ? wanted : (wanted as JsonObject)?[key]).ToList();
        var sorted = list.Select(item => item?.DeepClone())
            .OrderBy(item =>
            {
                var identity = key is null ? item : (item as JsonObject)?[key];
                var place = places.FindIndex(wanted => JsonNode.DeepEquals(wanted, identity));
                return place < 0 ? int.MaxValue : place;
            });
        return new JsonArray([.. sorted]);
    }

    private static void Retain(JsonObject target, JsonArray retained)
    {
        var names = retained.Select(name => name.AsText).ToHashSet();
        foreach (var name in target.Select(entry => entry.Key).Where(name => !names.Contains(name)).ToList())
            target.Remove(name);
    }

    private static void RemoveValues(JsonObject target, string name, JsonNode? values)
    {
        if (target[name] is not JsonArray list || values is not JsonArray removed)
            return;
        var kept = list.Where(item => !removed.Any(gone => JsonNode.DeepEquals(gone, item)))
            .Select(item => item?.DeepClone());
        target[name] = new JsonArray([.. kept]);
    }
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Patching;

/// <summary>
/// Server-side apply's merge: maps by field, lists with keys by item, sets by union, everything else whole
/// (Kubernetes documentation, "Server-Side Apply", merge strategy).
/// </summary>
internal static class ApplyPatch
{
    public static void Merge(Schema? schema, JsonObject live, JsonObject config)
    {
        foreach (var (name, value) in config)
        {
            var field = schema?.Field(name);
            switch (live[name], value)
            {
                case (JsonObject into, JsonObject from):
                    Merge(field, into, from);
                    break;
                case (JsonArray into, JsonArray from) when field is { ListMapKeys.Length: > 0 }:
                    MergeItems(field, into, from);
                    break;
                case (JsonArray into, JsonArray from) when field is { IsSet: true }:
                    foreach (var item in from.Where(item => !into.Any(known => JsonNode.DeepEquals(known, item))))
                        into.Add(item?.DeepClone());
                    break;
                default:
                    live[name] = value?.DeepClone();
                    break;
            }
        }
    }

    private static void MergeItems(Schema list, JsonArray into, JsonArray from)
    {
        foreach (var item in from.OfType<JsonObject>())
        {
            var key = FieldPaths.KeyStep(list, item);
            var known = into.OfType<JsonObject>().FirstOrDefault(other => FieldPaths.KeyStep(list, other) == key);
            if (known is null)
                into.Add(item.DeepClone());
            else
                Merge(list.Items, known, item);
        }
    }
}

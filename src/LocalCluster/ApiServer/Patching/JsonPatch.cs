using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Patching;

/// <summary>
/// JSON Patch. Source: RFC 6902; pointers RFC 6901. Refusals are 422, as kube-apiserver answers them.
/// </summary>
internal static class JsonPatch
{
    public const int OperationLimit = 10_000;

    /// <exception cref="ApiException">The patch is malformed (400) or does not fit the document (422).</exception>
    public static JsonObject Apply(JsonObject document, JsonArray patch)
    {
        if (patch.Count > OperationLimit)
            throw TooMany(patch.Count);
        JsonNode? root = document;
        foreach (var entry in patch)
        {
            root = Apply(
                root,
                entry as JsonObject ?? throw ApiException.BadRequest("each operation of a JSON patch must be an object")
            );
        }
        return root as JsonObject ?? throw ApiException.BadRequest("the patched document must be an object");
    }

    private static JsonNode? Apply(JsonNode? root, JsonObject operation)
    {
        var path = Pointer(operation, "path");
        switch (operation.Text("op"))
        {
            case "add":
                return Put(root, path, Value(operation), isAdd: true);
            case "replace":
                Find(root, path);
                return Put(root, path, Value(operation), isAdd: false);
            case "remove":
                return Remove(root, path);
            case "move":
                var from = Pointer(operation, "from");
                if (path.Count > from.Count && path.Take(from.Count).SequenceEqual(from))
                    throw ApiException.BadRequest("a JSON patch cannot move a value into itself");
                var moved = Find(root, from)?.DeepClone();
                return Put(Remove(root, from), path, moved, isAdd: true);
            case "copy":
                return Put(root, path, Find(root, Pointer(operation, "from"))?.DeepClone(), isAdd: true);
            case "test":
                if (!JsonNode.DeepEquals(Find(root, path), operation["value"]))
                    throw Unfit($"testing value {operation.Text("path")} failed: test failed");
                return root;
            default:
                throw ApiException.BadRequest(
                    $"unknown JSON patch operation: {operation["op"]?.ToJsonString() ?? "none"}");
        }
    }

    private static JsonNode? Put(JsonNode? root, List<string> path, JsonNode? value, bool isAdd)
    {
        if (path.Count == 0)
            return value;
        switch (Find(root, path[..^1]))
        {
            case JsonObject map:
                map[path[^1]] = value;
                break;
            case JsonArray list when isAdd && path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list when isAdd:
                list.Insert(Index(path, list.Count), value);
                break;
            case JsonArray list:
                list[Index(path, list.Count - 1)] = value;
                break;
            default:
                throw Missing(path);
        }
        return root;
    }

    private static JsonNode? Remove(JsonNode? root, List<string> path)
    {
        Find(root, path);
        if (path.Count == 0)
            return null;
        switch (Find(root, path[..^1]))
        {
            case JsonObject map:
                map.Remove(path[^1]);
                break;
            case JsonArray list:
                list.RemoveAt(Index(path, list.Count - 1));
                break;
            default:
                throw Missing(path);
        }
        return root;
    }

    private static JsonNode? Find(JsonNode? root, List<string> path)
    {
        var node = root;
        foreach (var name in path)
        {
            node = node switch
            {
                JsonObject map when map.TryGetPropertyValue(name, out var value) => value,
                JsonArray list => list[Index(path, list.Count - 1, name)],
                _ => throw Missing(path),
            };
        }
        return node;
    }

    private static int Index(List<string> path, int last, string? name = null) =>
        int.TryParse(name ?? path[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last
            ? index
            : throw Missing(path);

    private static List<string> Pointer(JsonObject operation, string name)
    {
        var text = operation.Text(name) ?? throw ApiException.BadRequest($"a JSON patch operation lacks its {name}");
        if (text.Length == 0)
            return [];
        if (text[0] != '/')
            throw ApiException.BadRequest($"not a JSON pointer: {text}");
        return
        [
            .. text[1..]
                .Split('/')
                .Select(part =>
                    part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)),
        ];
    }

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value)
            ? value?.DeepClone()
            : throw ApiException.BadRequest("a JSON patch operation lacks its value");

    private static ApiException Missing(List<string> path) =>
        Unfit($"the path /{string.Join('/', path)} does not exist in the object");

    private static ApiException TooMany(int count) =>
        new(
            new ApiStatus(
                413,
                "RequestEntityTooLarge",
                $"The allowed maximum operations in a JSON patch is {OperationLimit}, got {count}"));

    private static ApiException Unfit(string message) =>
        new(
            new ApiStatus(422, "Invalid", $"the server rejected our request due to an error in our request: {message}")
        );
}

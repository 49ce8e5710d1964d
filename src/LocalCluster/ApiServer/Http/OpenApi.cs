using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// OpenAPI v3 per group and version: enough for kubectl to see that the server validates fields, and to build its
/// patches by the lists' merge keys.
/// </summary>
internal static class OpenApi
{
    public const string V2Type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>
    /// An OpenAPI v2 document without any path, as protobuf (swagger: "2.0", info: empty): kubectl asks for it about
    /// kinds that v3 does not have, and says of an error only that, instead of which kind is missing.
    /// </summary>
    public static ReadOnlyMemory<byte> EmptyV2 { get; } =
        new byte[] { 0x0a, 3, (byte)'2', (byte)'.', (byte)'0', 0x12, 0 };

    public static JsonObject Index(ResourceCatalog catalog)
    {
        var paths = new JsonObject();
        foreach (var path in catalog.All.Select(Path).Distinct())
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}" };
        return new JsonObject { ["paths"] = paths };
    }

    /// <exception cref="ApiException">404: no such group and version.</exception>
    public static JsonObject Document(ResourceCatalog catalog, string[] path)
    {
        var wanted = string.Join('/', path);
        var kinds = catalog.All.Where(kind => Path(kind) == wanted).ToList();
        if (kinds.Count == 0)
            throw ApiException.NoSuchPath();
        var (paths, schemas) = (new JsonObject(), new OpenApiSchemas());
        foreach (var kind in kinds)
            AddKind(kind, wanted, paths, schemas);
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Rollouts Companion local cluster", ["version"] = "v1.32.0" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.All },
        };
    }

    private static string Path(ResourceKind kind) =>
        kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.ApiVersion}";

    private static void AddKind(ResourceKind kind, string prefix, JsonObject paths, OpenApiSchemas schemas)
    {
        var collection = kind.IsNamespaced
            ? $"/{prefix}/namespaces/{{namespace}}/{kind.Plural}"
            : $"/{prefix}/{kind.Plural}";
        paths[collection] = new JsonObject { ["post"] = Operation(kind, "post") };
        paths[$"{collection}/{{name}}"] = new JsonObject
        {
            ["get"] = Operation(kind, "get"),
            ["put"] = Operation(kind, "put"),
            ["patch"] = Operation(kind, "patch"),
            ["delete"] = Operation(kind, "delete"),
        };
        schemas.AddKind(kind);
    }

    private static JsonObject Operation(ResourceKind kind, string method)
    {
        var operation = new JsonObject
        {
            ["x-kubernetes-action"] = method,
            ["x-kubernetes-group-version-kind"] = GroupVersionKind(kind),
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        };
        if (method is "post" or "put" or "patch")
        {
            operation["parameters"] = new JsonArray(
                QueryParameter("dryRun"),
                QueryParameter("fieldValidation"),
                QueryParameter("fieldManager"));
        }
        if (method == "patch")
            operation["requestBody"] = new JsonObject { ["content"] = PatchTypes(kind) };
        return operation;
    }

    private static JsonObject PatchTypes(ResourceKind kind)
    {
        var types = new JsonObject
        {
            ["application/json-patch+json"] = new JsonObject(),
            ["application/merge-patch+json"] = new JsonObject(),
            ["application/apply-patch+yaml"] = new JsonObject(),
        };
        if (kind.IsBuiltIn)
            types["application/strategic-merge-patch+json"] = new JsonObject();
        return types;
    }

    private static JsonObject QueryParameter(string name) =>
        new()
        {
            ["name"] = name,
            ["in"] = "query",
            ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
        };

    public static JsonObject GroupVersionKind(ResourceKind kind) =>
        new()
        {
            ["group"] = kind.Group,
            ["version"] = kind.Version,
            ["kind"] = kind.Kind,
        };
}

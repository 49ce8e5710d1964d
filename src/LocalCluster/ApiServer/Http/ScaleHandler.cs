using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Patching;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;
using Rollouts.LocalCluster.ApiServer.Tables;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// The <c>scale</c> subresource: an autoscaling/v1 Scale as a window onto the object's replica counts.
/// </summary>
internal sealed class ScaleHandler(ClusterState state)
{
    public async Task HandleAsync(HttpContext context, RequestPath path, ScalePaths scale)
    {
        var (@namespace, name) = (path.Namespace ?? "", path.Name ?? "");
        var found = state.Store.Find(path.Kind.Key(@namespace, name)) ?? throw ApiException.NotFound(path.Kind, name);
        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method))
        {
            var wanted =
                HttpMethods.IsPut(method) ? await JsonBody.ReadObjectAsync(context.Request)
                : HttpMethods.IsPatch(method) ? await PatchAsync(context.Request, Read(found.Copy(), scale))
                : throw ApiException.MethodNotAllowed("a scale is read, replaced or patched");
            var options = context.Request.WriteOptions(path.Kind);
            found = state.Writes.Patch(
                path.Kind,
                @namespace,
                name,
                before => Write(path.Kind, before, wanted, scale),
                null,
                options);
        }
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, Read(found.Copy(), scale));
    }

    private static async Task<JsonObject> PatchAsync(HttpRequest request, JsonObject scale)
    {
        if (JsonBody.MediaType(request) != "application/merge-patch+json")
            throw ApiException.UnsupportedMediaType("a scale takes application/merge-patch+json");
        var patch =
            await JsonBody.ReadAsync(request) as JsonObject
            ?? throw ApiException.BadRequest("a merge patch must be an object");
        if (patch.Child("metadata")?.Text("resourceVersion") is null)
            scale.Metadata.Remove("resourceVersion");
        MergePatch.Apply(scale, patch);
        return scale;
    }

    private static JsonObject Read(JsonObject body, ScalePaths scale)
    {
        var metadata = new JsonObject();
        foreach (var name in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
            metadata.CopyProperty(name, body.Metadata);
        var status = new JsonObject { ["replicas"] = At(body, scale.StatusReplicas).AsWhole ?? 0 };
        if (scale.LabelSelector is { } selector && At(body, selector).AsText is { } text)
            status["selector"] = text;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = At(body, scale.SpecReplicas).AsWhole ?? 0 },
            ["status"] = status,
        };
    }

    private static JsonObject Write(ResourceKind kind, JsonObject before, JsonObject wanted, ScalePaths scale)
    {
        if (wanted.Child("spec")?.Whole("replicas") is not { } replicas || replicas < 0)
        {
            throw ApiException.Invalid(
                kind,
                before.Metadata.Text("name") ?? "",
                [FieldError.Required("spec.replicas", "a count of 0 or more")]);
        }
        var names = scale.SpecReplicas.Split('.', StringSplitOptions.RemoveEmptyEntries);
        var parent = before;
        foreach (var name in names[..^1])
            parent = parent.Child(name) ?? throw ApiException.BadRequest($"the object has no {scale.SpecReplicas}");
        parent[names[^1]] = replicas;
        before.Metadata.Remove("resourceVersion");
        if (wanted.Metadata.Text("resourceVersion") is { Length: > 0 } version)
            before.Metadata["resourceVersion"] = version;
        return before;
    }

    private static JsonNode? At(JsonObject body, string path) => JsonPath.TryParse(path)?.First(body);
}

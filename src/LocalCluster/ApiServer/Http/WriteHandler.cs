using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Patching;
using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>POST, PUT, PATCH and DELETE of objects and of their status.</summary>
internal sealed class WriteHandler(ClusterState state)
{
    private const string ApplyType = "application/apply-patch+yaml";

    private readonly ProtobufObjects _protobuf = new();

    public Task HandleAsync(HttpContext context, RequestPath path)
    {
        var method = context.Request.Method;
        return path switch
        {
            { Name: null } when HttpMethods.IsPost(method) => CreateAsync(context, path),
            { Name: null } when HttpMethods.IsDelete(method) => DeleteCollectionAsync(context, path),
            { Name: { } name } when HttpMethods.IsPut(method) => UpdateAsync(context, path, name),
            { Name: { } name } when HttpMethods.IsPatch(method) => PatchAsync(context, path, name),
            { Name: { } name, Subresource: null } when HttpMethods.IsDelete(method) => DeleteAsync(context, path, name),
            _ => throw ApiException.MethodNotAllowed("the server does not allow this method on the requested resource"),
        };
    }

    private async Task CreateAsync(HttpContext context, RequestPath path)
    {
        if (path.Kind.IsNamespaced && path.Namespace is null)
            throw ApiException.MethodNotAllowed($"{path.Kind.Resource} are created in a namespace");
        var body = await JsonBody.ReadObjectAsync(context.Request, path.Kind, _protobuf);
        var options = context.Request.WriteOptions(path.Kind);
        var created = state.Writes.Create(path.Kind, path.Namespace ?? "", body, options);
        await AnswerAsync(context, StatusCodes.Status201Created, created, options);
    }

    private async Task UpdateAsync(HttpContext context, RequestPath path, string name)
    {
        var body = await JsonBody.ReadObjectAsync(context.Request, path.Kind, _protobuf);
        var options = context.Request.WriteOptions(path.Kind);
        var updated = state.Writes.Update(path.Kind, path.Namespace ?? "", name, body, path.Subresource, options);
        await AnswerAsync(context, StatusCodes.Status200OK, updated, options);
    }

    private async Task PatchAsync(HttpContext context, RequestPath path, string name)
    {
        if (JsonBody.MediaType(context.Request) == ApplyType)
        {
            await ApplyAsync(context, path, name);
            return;
        }
        var patch = await ReadPatchAsync(context.Request, path.Kind);
        var options = context.Request.WriteOptions(path.Kind);
        var patched = state.Writes.Patch(path.Kind, path.Namespace ?? "", name, patch, path.Subresource, options);
        await AnswerAsync(context, StatusCodes.Status200OK, patched, options);
    }

    private async Task ApplyAsync(HttpContext context, RequestPath path, string name)
    {
        if (path.Subresource is { } subresource)
            throw ApiException.BadRequest($"server-side apply of {subresource} is not modelled by the local cluster");
        if (context.Request.QueryText("fieldManager") is null)
            throw ApiException.BadRequest("fieldManager: Required value: is required for apply patch");
        var config = await JsonBody.ReadYamlObjectAsync(context.Request);
        var options = context.Request.WriteOptions(path.Kind);
        var isForced = context.Request.QueryFlag("force");
        var (applied, isNew) = state.Writes.Apply(
            path.Kind, path.Namespace ?? "", name, config, isForced, options);
        var code = isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await AnswerAsync(context, code, applied, options);
    }

    private static async Task<Func<JsonObject, JsonObject>> ReadPatchAsync(HttpRequest request, ResourceKind kind)
    {
        switch (JsonBody.MediaType(request))
        {
            case "application/merge-patch+json":
                var merge = await ReadPatchObjectAsync(request);
                return before =>
                {
                    MergePatch.Apply(before, merge);
                    return before;
                };
            case "application/strategic-merge-patch+json" when kind.IsBuiltIn:
                var strategic = await ReadPatchObjectAsync(request);
                return before =>
                {
                    StrategicPatch.Apply(kind.Schema, before, strategic);
                    return before;
                };
            case "application/json-patch+json":
                var operations =
                    await JsonBody.ReadAsync(request) as JsonArray
                    ?? throw ApiException.BadRequest("a JSON patch must be an array");
                return before => JsonPatch.Apply(before, operations);
            case var type:
                var strategicType = kind.IsBuiltIn ? ", application/strategic-merge-patch+json" : "";
                throw ApiException.UnsupportedMediaType(
                    $"the body of the request was in an unknown format ({type}) - accepted media types include: "
                        + $"application/json-patch+json, application/merge-patch+json{strategicType}, {ApplyType}");
        }
    }

    private static async Task<JsonObject> ReadPatchObjectAsync(HttpRequest request) =>
        await JsonBody.ReadAsync(request) as JsonObject
        ?? throw ApiException.BadRequest("a merge patch must be an object");

    private async Task DeleteAsync(HttpContext context, RequestPath path, string name)
    {
        var options = await ReadDeleteOptionsAsync(context.Request);
        var (deleted, isGone) = state.Removal.Delete(path.Kind, path.Namespace ?? "", name, options);
        if (!isGone)
        {
            await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, deleted.Json);
            return;
        }
        await JsonAnswer.WriteAsync(
            context,
            new ApiStatus(200, "", "")
            {
                Name = name,
                Group = path.Kind.Group,
                Kind = path.Kind.Plural,
                Uid = deleted.Uid,
            });
    }

    private async Task DeleteCollectionAsync(HttpContext context, RequestPath path)
    {
        if (path.Kind.IsNamespaced && path.Namespace is null)
            throw ApiException.MethodNotAllowed($"{path.Kind.Resource} are deleted in one namespace at a time");
        if (!path.Kind.IsNamespaced)
            throw ApiException.MethodNotAllowed($"{path.Kind.Resource} are deleted one at a time");
        var filter = context.Request.Filter(path.Kind, path.Namespace);
        var options = await ReadDeleteOptionsAsync(context.Request);
        var deleted = state.Store.Transact(() =>
        {
            var matching = state.Store.List(path.Kind.Resource).Objects.Where(filter.Matches).ToList();
            foreach (var found in matching.Where(found => state.Store.Find(found.Key) is not null))
                state.Removal.Delete(path.Kind, found.Key.Namespace, found.Key.Name, options);
            return matching;
        });
        await JsonAnswer.WriteListAsync(context, path.Kind, new ObjectPage(state.Store.Revision, deleted, null, 0));
    }

    private static async Task<DeleteOptions> ReadDeleteOptionsAsync(HttpRequest request)
    {
        var hasBody = request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0;
        var body = hasBody ? await JsonBody.ReadObjectAsync(request) : [];
        var preconditions = body.Child("preconditions") ?? [];
        return new DeleteOptions
        {
            Propagation = (request.QueryText("propagationPolicy") ?? body.Text("propagationPolicy")) switch
            {
                null => body.Flag("orphanDependents") ? Propagation.Orphan : Propagation.Background,
                "Background" => Propagation.Background,
                "Foreground" => Propagation.Foreground,
                "Orphan" => Propagation.Orphan,
                var other => throw ApiException.BadRequest(
                    $"propagationPolicy: Unsupported value: \"{other}\": "
                        + "supported values: \"Foreground\", \"Background\", \"Orphan\""),
            },
            Uid = preconditions.Text("uid"),
            ResourceVersion = preconditions.Text("resourceVersion"),
            GracePeriodSeconds = request.QueryWhole("gracePeriodSeconds") ?? body.Whole("gracePeriodSeconds"),
            IsDryRun = request.IsDryRun || (body["dryRun"] as JsonArray ?? []).Any(value => value.AsText == "All"),
        };
    }

    private static Task AnswerAsync(HttpContext context, int code, StoredObject stored, WriteOptions options)
    {
        JsonAnswer.AddWarnings(context, options.Warnings ?? []);
        return JsonAnswer.WriteAsync(context, code, stored.Json);
    }
}

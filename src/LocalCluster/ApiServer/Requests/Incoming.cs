using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>
/// First checks of a body that came from outside: it is what its address says it is, and has known fields only.
/// </summary>
internal static class Incoming
{
    /// <param name="name">Null at creation.</param>
    public static void CheckIdentity(ResourceKind kind, string @namespace, string? name, JsonObject body)
    {
        if (body["metadata"] is not (null or JsonObject))
            throw ApiException.BadRequest("metadata must be an object");
        if (body.Text("kind") is not { Length: > 0 } actualKind)
            throw ApiException.BadRequest("Object 'Kind' is missing");
        if (body.Text("apiVersion") is not { Length: > 0 } apiVersion)
            throw ApiException.BadRequest("Object 'apiVersion' is missing");
        if (actualKind != kind.Kind || apiVersion != kind.ApiVersion)
        {
            throw ApiException.BadRequest(
                $"the object provided is a {apiVersion} {actualKind}, the address takes a {kind.ApiVersion} {kind.Kind}"
            );
        }
        if (body.Metadata.Text("namespace") is { Length: > 0 } given && given != @namespace)
        {
            throw ApiException.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request");
        }
        if (name is not null && body.Metadata.Text("name") is { Length: > 0 } givenName && givenName != name)
        {
            throw ApiException.BadRequest(
                $"the name of the object ({givenName}) does not match the name on the URL ({name})");
        }
        if (name is not null)
            body.Metadata["name"] = name;
    }

    public static void Prune(ResourceKind kind, JsonObject body, WriteOptions options)
    {
        var unknown = UnknownFields.Prune(kind.Schema, body).Select(path => $"unknown field \"{path}\"").ToList();
        if (unknown.Count == 0)
            return;
        switch (options.FieldValidation)
        {
            case FieldValidation.Strict:
                throw ApiException.BadRequest(
                    $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: "
                        + $"strict decoding error: {string.Join(", ", unknown)}");
            case FieldValidation.Warn:
                unknown.ForEach(warning => options.Warnings?.Add(warning));
                break;
            case FieldValidation.Ignore:
                break;
        }
    }
}

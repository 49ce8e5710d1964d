using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer;

/// <summary>A request that the API server refuses, with the Status that says why.</summary>
internal sealed class ApiException : Exception
{
    public ApiException()
        : this(new ApiStatus(500, "InternalError", "internal error")) { }

    public ApiException(string message)
        : this(new ApiStatus(500, "InternalError", message)) { }

    public ApiException(string message, Exception innerException)
        : base(message, innerException) => Status = new ApiStatus(500, "InternalError", message);

    public ApiException(ApiStatus status)
        : base(status.Message) => Status = status;

    public ApiStatus Status { get; }

    public static ApiException BadRequest(string message) => new(new ApiStatus(400, "BadRequest", message));

    public static ApiException NoSuchPath() =>
        new(new ApiStatus(404, "NotFound", "the server could not find the requested resource"));

    public static ApiException NotModelled(string what) =>
        new(
            new ApiStatus(
                404,
                "NotFound",
                $"the server could not find the requested resource: the local cluster does not model {what}"));

    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(
            new ApiStatus(404, "NotFound", $"{kind.Resource} \"{name}\" not found")
            {
                Name = name,
                Group = kind.Group,
                Kind = kind.Plural,
            });

    public static ApiException AlreadyExists(ResourceKind kind, string name) =>
        new(
            new ApiStatus(409, "AlreadyExists", $"{kind.Resource} \"{name}\" already exists")
            {
                Name = name,
                Group = kind.Group,
                Kind = kind.Plural,
            });

    public static ApiException Conflict(ResourceKind kind, string name, string why) =>
        new(
            new ApiStatus(409, "Conflict", $"Operation cannot be fulfilled on {kind.Resource} \"{name}\": {why}")
            {
                Name = name,
                Group = kind.Group,
                Kind = kind.Plural,
            });

    public static ApiException ObjectModified(ResourceKind kind, string name) =>
        Conflict(
            kind,
            name,
            "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>Server-side apply would change what others own.</summary>
    public static ApiException FieldConflict(
        ResourceKind kind, string name, IReadOnlyList<(FieldOwner Owner, FieldPath Path)> conflicts)
    {
        var groups = conflicts.GroupBy(conflict => Named(conflict.Owner), conflict => conflict.Path).Select(
            group => group.Count() == 1
                ? $"conflict with {group.Key}: {group.Single()}"
                : $"conflicts with {group.Key}:\n{string.Join('\n', group.Select(path => $"- {path}"))}");
        var count = conflicts.Count == 1 ? "1 conflict" : $"{conflicts.Count} conflicts";
        return new ApiException(
            new ApiStatus(409, "Conflict", $"Apply failed with {count}: {string.Join('\n', groups)}")
            {
                Name = name,
                Group = kind.Group,
                Kind = kind.Plural,
                Causes =
                [
                    .. conflicts.Select(conflict => new StatusCause(
                        "FieldManagerConflict", $"conflict with {Named(conflict.Owner)}", $"{conflict.Path}")),
                ],
            });
    }

    private static string Named(FieldOwner owner) =>
        $"\"{owner.Manager}\"{(owner.Subresource is null ? "" : $" with subresource \"{owner.Subresource}\"")} "
        + $"using {owner.ApiVersion}";

    public static ApiException Invalid(ResourceKind kind, string name, IReadOnlyList<FieldError> errors)
    {
        var all = errors.Select(error => error.ToString()).Distinct().ToList();
        var detail = all.Count == 1 ? all[0] : $"[{string.Join(", ", all)}]";
        var typeName = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        return new ApiException(
            new ApiStatus(422, "Invalid", $"{typeName} \"{name}\" is invalid: {detail}")
            {
                Name = name,
                Group = kind.Group,
                Kind = kind.Kind,
                Causes = [.. errors.Select(error => new StatusCause(error.Reason, error.Message, error.Path))],
            });
    }

    public static ApiException Forbidden(ResourceKind kind, string name, string why) =>
        new(
            new ApiStatus(403, "Forbidden", $"{kind.Resource} \"{name}\" is forbidden: {why}")
            {
                Name = name,
                Group = kind.Group,
                Kind = kind.Plural,
            });

    public static ApiException MethodNotAllowed(string why) => new(new ApiStatus(405, "MethodNotAllowed", why));

    public static ApiException NotAcceptable(string why) => new(new ApiStatus(406, "NotAcceptable", why));

    public static ApiException Unavailable(string why) => new(new ApiStatus(503, "ServiceUnavailable", why));

    public static ApiException Expired(string message) => new(new ApiStatus(410, "Expired", message));

    public static ApiException BodyTooLarge(long limitBytes) =>
        new(new ApiStatus(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limitBytes}"));

    public static ApiException UnsupportedMediaType(string message) =>
        new(new ApiStatus(415, "UnsupportedMediaType", message));
}

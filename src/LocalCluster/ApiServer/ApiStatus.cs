using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer;

/// <param name="Reason">Kubernetes' word for the kind of cause, such as <c>FieldValueRequired</c>.</param>
/// <param name="Field">Path of the field, such as <c>spec.metrics[0].name</c>.</param>
internal sealed record StatusCause(string Reason, string Message, string Field);

/// <summary>
/// Kubernetes' <c>Status</c> of an answer that is not an object (apimachinery, meta/v1/types.go, type Status).
/// </summary>
internal sealed record ApiStatus(int Code, string Reason, string Message)
{
    public string? Name { get; init; }

    public string? Group { get; init; }

    /// <summary>The plural for most reasons, the kind for <c>Invalid</c>: as Kubernetes has it.</summary>
    public string? Kind { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    public int? RetryAfterSeconds { get; init; }

    public bool IsSuccess => Code < 400;

    public JsonObject ToJson()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = IsSuccess ? "Success" : "Failure",
        };
        AddText(status, "message", Message);
        AddText(status, "reason", Reason);
        var details = Details();
        // A failure has them even when they are empty: some verbs of kubectl read them unseen.
        if (details.Count > 0 || !IsSuccess)
            status["details"] = details;
        status["code"] = Code;
        return status;
    }

    private JsonObject Details()
    {
        var details = new JsonObject();
        AddText(details, "name", Name);
        AddText(details, "group", Group);
        AddText(details, "kind", Kind);
        AddText(details, "uid", Uid);
        if (Causes.Count > 0)
            details["causes"] = new JsonArray([.. Causes.Select(ToJson)]);
        if (RetryAfterSeconds is { } seconds)
            details["retryAfterSeconds"] = seconds;
        return details;
    }

    private static JsonObject ToJson(StatusCause cause) =>
        new()
        {
            ["reason"] = cause.Reason,
            ["message"] = cause.Message,
            ["field"] = cause.Field,
        };

    private static void AddText(JsonObject target, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            target[name] = value;
    }
}

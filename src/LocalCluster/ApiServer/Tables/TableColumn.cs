using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Tables;

/// <param name="Type">integer, number, string, boolean or date.</param>
/// <param name="Priority">0 is always shown; more only with <c>-o wide</c>.</param>
internal sealed record TableColumn(
    string Name,
    string Type,
    string Description,
    int Priority,
    Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    public static readonly TableColumn ObjectName = new(
        "Name",
        "string",
        "Name of the object",
        0,
        (body, _) => body.Metadata.Text("name"));

    public static readonly TableColumn ObjectAge = new(
        "Age",
        "string",
        "Time since the object was created",
        0,
        (body, now) => Age.Since(body.Metadata.Text("creationTimestamp"), now));

    public static TableColumn Text(string name, Func<JsonObject, string?> cell, int priority = 0) =>
        new(name, "string", name, priority, (body, _) => cell(body) is { Length: > 0 } text ? text : "<none>");

    public static TableColumn Count(string name, Func<JsonObject, long> cell) =>
        new(name, "integer", name, 0, (body, _) => cell(body));

    /// <summary>A CRD's column; a path that finds nothing leaves the cell empty, as in Kubernetes.</summary>
    public static TableColumn Of(PrinterColumn column)
    {
        var path = JsonPath.TryParse(column.JsonPath);
        return new TableColumn(
            column.Name,
            column.Type,
            column.Description,
            column.Priority,
            (body, now) =>
            {
                var value = path?.First(body);
                if (value is null)
                    return null;
                return column.Type switch
                {
                    "date" => Age.Since(value.AsText, now),
                    "string" => value.AsText ?? value.ToJsonString(),
                    _ => value is JsonValue ? value.DeepClone() : null,
                };
            });
    }
}

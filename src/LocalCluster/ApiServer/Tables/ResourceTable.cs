using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Tables;

/// <summary>What a table's rows carry of their object (query parameter <c>includeObject</c>).</summary>
internal enum IncludedObject
{
    Metadata,
    None,
    Object,
}

/// <summary>Objects as <c>meta.k8s.io/v1 Table</c>, which is what <c>kubectl get</c> prints.</summary>
internal sealed class ResourceTable(ResourceKind kind, IncludedObject included, TimeProvider clock)
{
    private readonly ImmutableArray<TableColumn> _columns = KindColumns.Of(kind);

    public JsonObject Of(IEnumerable<StoredObject> objects, JsonObject metadata)
    {
        var now = clock.GetUtcNow();
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = new JsonArray([.. _columns.Select(Definition)]),
            ["rows"] = new JsonArray([.. objects.Select(found => Row(found.Copy(), now))]),
        };
    }

    private static JsonObject Definition(TableColumn column) =>
        new()
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["format"] = column.Name == "Name" ? "name" : "",
            ["description"] = column.Description,
            ["priority"] = column.Priority,
        };

    private JsonObject Row(JsonObject body, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. _columns.Select(column => column.Cell(body, now))]) };
        switch (included)
        {
            case IncludedObject.Metadata:
                row["object"] = new JsonObject
                {
                    ["kind"] = "PartialObjectMetadata",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = body["metadata"]?.DeepClone(),
                };
                break;
            case IncludedObject.Object:
                row["object"] = body;
                break;
            case IncludedObject.None:
                break;
        }
        return row;
    }
}

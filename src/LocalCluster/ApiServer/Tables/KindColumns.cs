using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Tables;

/// <summary>Which columns <c>kubectl get</c> shows for a kind.</summary>
internal static class KindColumns
{
    public static ImmutableArray<TableColumn> Of(ResourceKind kind)
    {
        if (!kind.IsBuiltIn && kind.Columns.Length > 0)
            return [TableColumn.ObjectName, .. kind.Columns.Select(TableColumn.Of)];
        return kind.Resource switch
        {
            "pods" => Pods(),
            "services" => Services(),
            "events" => Events(),
            "replicasets.apps" => ReplicaSets(),
            "deployments.apps" => Deployments(),
            "namespaces" => Around(TableColumn.Text("Status", body => Status(body).Text("phase"))),
            "configmaps" => Around(TableColumn.Count("Data", body => Count(body, "data") + Count(body, "binaryData"))),
            "leases.coordination.k8s.io" => Around(
                TableColumn.Text("Holder", body => Spec(body).Text("holderIdentity"))),
            CustomResources.DefinitionResource =>
            [
                TableColumn.ObjectName,
                TableColumn.Text("Created At", body => body.Metadata.Text("creationTimestamp")),
            ],
            _ => Around(),
        };
    }

    private static ImmutableArray<TableColumn> Around(params ReadOnlySpan<TableColumn> columns) =>
        [TableColumn.ObjectName, .. columns, TableColumn.ObjectAge];

    private static ImmutableArray<TableColumn> Pods() =>
        [
            .. Around(
                TableColumn.Text("Ready", PodCells.Ready),
                TableColumn.Text("Status", PodCells.Status),
                new TableColumn("Restarts", "string", "Restarts", 0, (body, now) => PodCells.Restarts(body, now))),
            TableColumn.Text("IP", body => Status(body).Text("podIP"), priority: 1),
            TableColumn.Text("Node", body => Spec(body).Text("nodeName"), priority: 1),
            TableColumn.Text("Nominated Node", body => Status(body).Text("nominatedNodeName"), priority: 1),
            TableColumn.Text("Readiness Gates", _ => null, priority: 1),
        ];

    private static ImmutableArray<TableColumn> Services() =>
        [
            .. Around(
                TableColumn.Text("Type", body => Spec(body).Text("type")),
                TableColumn.Text("Cluster-IP", body => Spec(body).Text("clusterIP")),
                TableColumn.Text(
                    "External-IP",
                    body => Join((Spec(body)["externalIPs"] as JsonArray ?? []).Select(ip => ip.AsText))),
                TableColumn.Text(
                    "Port(s)",
                    body => Join(Spec(body).Children("ports").Select(port => $"{port["port"]}/{port.Text("protocol")}"))
                )),
            TableColumn.Text("Selector", body => Pairs(Spec(body).Child("selector")), priority: 1),
        ];

    private static ImmutableArray<TableColumn> ReplicaSets() =>
        [
            .. Around(
                TableColumn.Count("Desired", body => Spec(body).Whole("replicas") ?? 0),
                TableColumn.Count("Current", body => Status(body).Whole("replicas") ?? 0),
                TableColumn.Count("Ready", body => Status(body).Whole("readyReplicas") ?? 0)),
            .. Workload(),
        ];

    private static ImmutableArray<TableColumn> Deployments() =>
        [
            .. Around(
                TableColumn.Text(
                    "Ready",
                    body =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{Status(body).Whole("readyReplicas") ?? 0}/{Spec(body).Whole("replicas") ?? 0}")),
                TableColumn.Count("Up-to-date", body => Status(body).Whole("updatedReplicas") ?? 0),
                TableColumn.Count("Available", body => Status(body).Whole("availableReplicas") ?? 0)),
            .. Workload(),
        ];

    private static TableColumn[] Workload() =>
        [
            TableColumn.Text(
                "Containers",
                body => Join(Containers(body).Select(container => container.Text("name"))),
                priority: 1),
            TableColumn.Text(
                "Images",
                body => Join(Containers(body).Select(container => container.Text("image"))),
                priority: 1),
            TableColumn.Text(
                "Selector",
                body => Pairs(Spec(body).Child("selector")?.Child("matchLabels")),
                priority: 1),
        ];

    private static ImmutableArray<TableColumn> Events() =>
        [
            new TableColumn(
                "Last Seen",
                "string",
                "Time since the last occurrence",
                0,
                (body, now) => Age.Since(LastSeen(body), now)),
            TableColumn.Text("Type", body => body.Text("type")),
            TableColumn.Text("Reason", body => body.Text("reason")),
            TableColumn.Text("Object", InvolvedObject),
            TableColumn.Text("Subobject", body => body.Child("involvedObject")?.Text("fieldPath"), priority: 1),
            TableColumn.Text(
                "Source",
                body => body.Child("source")?.Text("component") ?? body.Text("reportingComponent"),
                priority: 1),
            TableColumn.Text("Message", body => body.Text("message")?.Trim()),
            new TableColumn(
                "First Seen",
                "string",
                "Time since the first occurrence",
                1,
                (body, now) => Age.Since(body.Text("firstTimestamp") ?? LastSeen(body), now)),
            new TableColumn("Count", "string", "Occurrences", 1, (body, _) => body.Whole("count") ?? 1),
            TableColumn.ObjectName with
            {
                Priority = 1,
            },
        ];

    private static string? LastSeen(JsonObject body) =>
        body.Child("series")?.Text("lastObservedTime")
        ?? body.Text("lastTimestamp")
        ?? body.Text("eventTime")
        ?? body.Metadata.Text("creationTimestamp");

    private static string InvolvedObject(JsonObject body)
    {
        var involved = body.Child("involvedObject") ?? [];
        return $"{involved.Text("kind")?.ToLowerInvariant()}/{involved.Text("name")}";
    }

    private static JsonObject Spec(JsonObject body) => body.Child("spec") ?? [];

    private static JsonObject Status(JsonObject body) => body.Child("status") ?? [];

    private static IEnumerable<JsonObject> Containers(JsonObject body) =>
        (Spec(body).Child("template")?.Child("spec") ?? []).Children("containers");

    private static long Count(JsonObject body, string name) => body.Child(name)?.Count ?? 0;

    private static string Join(IEnumerable<string?> texts) => string.Join(",", texts);

    private static string Pairs(JsonObject? map) => Join((map ?? []).Select(entry => $"{entry.Key}={entry.Value}"));
}

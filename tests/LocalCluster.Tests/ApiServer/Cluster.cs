using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer;

/// <summary>In-process clusters with the CRDs of the repository, and objects to put into them.</summary>
internal static class Cluster
{
    public static string CrdFolder { get; } = Path.Combine(RepositoryRoot(), "crds");

    public static ClusterState New(ClusterStateOptions? options = null) =>
        new((options ?? new ClusterStateOptions()) with { CrdFolder = CrdFolder });

    public static JsonObject Object(string yaml) => YamlReader.ReadDocuments(yaml)[0]!.AsObject();

    public static JsonObject ConfigMap(string name, string value = "1") =>
        Object($$"""{apiVersion: v1, kind: ConfigMap, metadata: {name: {{name}} }, data: {value: "{{value}}" } }""");

    public static JsonObject Rollout(string name, int replicas = 4) =>
        Object(
            $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: {{name}} }
            spec:
              replicas: {{replicas}}
              selector: {matchLabels: {app: {{name}} } }
              template:
                metadata: {labels: {app: {{name}} } }
                spec: {containers: [{name: api, image: "sample-api:v1"}]}
              strategy:
                canary:
                  steps:
                  - setWeight: 20
                  - pause: {duration: 10s}
            """);

    public static JsonObject OwnedPod(string name, JsonObject owner, bool blocks = false) =>
        Object(
            $$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{name}}
              ownerReferences:
              - apiVersion: {{owner["apiVersion"]}}
                kind: {{owner["kind"]}}
                name: {{owner.Metadata.Text("name")}}
                uid: {{owner.Metadata.Text("uid")}}
                controller: true
                blockOwnerDeletion: {{(blocks ? "true" : "false")}}
            spec: {containers: [{name: api, image: sample-api}]}
            """);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rollouts.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Rollouts.sln");
        return folder.FullName;
    }
}

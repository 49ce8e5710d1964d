using System.Globalization;
using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>AnalysisRuns as Argo makes them, in a world's API server.</summary>
internal static class ArgoRuns
{
    public const string Push = """{"plugin":{"rollouts-companion.io/canary":{"preset":"fast"} } }""";

    extension(World world)
    {
        /// <param name="metric">The name of our metric, as the template writes it.</param>
        /// <param name="spec">More fields of the run's spec, such as <c>"args":[]</c>.</param>
        /// <param name="others">Metrics before ours.</param>
        public void AddRun(
            string name,
            string type = "Step",
            string hash = "new",
            string owner = "ro-1",
            string metric = "canary",
            string provider = Push,
            string spec = "",
            string others = ""
        )
        {
            var now = world.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            world.Server.Create(
                $$"""
                {"metadata":{"name":"{{name}}","namespace":"default","uid":"uid-{{name}}","creationTimestamp":"{{now}}",
                  "labels":{"rollout-type":"{{type}}","rollouts-pod-template-hash":"{{hash}}"},
                  "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"{{owner}}","controller":true}]},
                 "spec":{"metrics":[{{others}}{"name":"{{metric}}","initialDelay":"5m",
                   "provider":{{provider}}}]{{spec}}},
                 "status":{"phase":"Running","startedAt":"{{now}}"} }
                """
            );
            world.Watch();
        }

        /// <summary>Argo's write, which the watch does not show before the next reconcile.</summary>
        public void ArgoWrites(string run, string patch) =>
            world.Server.Write(world.RunNamed(run), JsonNode.Parse(patch)!.AsObject());

        public JsonObject RunNamed(string name) =>
            world.Server.Runs.Single(run => (string?)run["metadata"]!["name"] == name);

        /// <summary>What the run's status says of a metric; null when it says nothing.</summary>
        public JsonObject? ResultOf(string run, string metric = "canary") =>
            world
                .RunNamed(run)["status"]!["metricResults"]
                ?.AsArray()
                .SingleOrDefault(result => (string?)result!["name"] == metric)
                ?.AsObject();

        public string? AnnotationOf(string run, string name) =>
            (string?)world.RunNamed(run)["metadata"]!["annotations"]?[$"rollouts-companion.io/{name}"];
    }
}

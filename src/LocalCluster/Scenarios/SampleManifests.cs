using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>The objects of sample.yaml, as they start and as each scenario changes them.</summary>
internal static class SampleManifests
{
    public const string Namespace = "default";
    public const string Rollout = "sample";
    public const string Service = "sample";
    public const string RolloutResource = "rollouts.argoproj.io";

    private static readonly Dictionary<string, string> Resources = new(StringComparer.Ordinal)
    {
        ["Service"] = "services",
        ["AnalysisTemplate"] = "analysistemplates.argoproj.io",
        ["Rollout"] = RolloutResource,
    };

    /// <summary>Creates what is not there yet.</summary>
    /// <param name="podPort">The containerPort of the pods.</param>
    public static void Create(ClusterObjects objects, int podPort = ContainerSpec.DefaultPort)
    {
        foreach (var manifest in Read())
        {
            var kind = manifest["kind"]!.GetValue<string>();
            if (kind == "Rollout")
                manifest["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["containerPort"] = podPort;
            objects.TryCreate(Resources[kind], Namespace, manifest);
        }
    }

    /// <summary>
    /// Brings the scenario's version out: a new pod template, and the analysis where the scenario has it.
    /// </summary>
    public static void Release(ClusterObjects objects, Scenario scenario, string version)
    {
        var manifest = Read().Single(candidate => candidate["kind"]!.GetValue<string>() == "Rollout");
        var strategy = manifest["spec"]!["strategy"]!.DeepClone().AsObject();
        var canary = strategy["canary"]!.AsObject();
        canary["analysis"] = null;
        if (scenario.Analysis == AnalysisPlacement.Background)
        {
            var analysis = canary["steps"]![1]!["analysis"]!.DeepClone();
            canary["analysis"] = analysis;
            canary["steps"] = new JsonArray(
                new JsonObject { ["setWeight"] = 20 },
                new JsonObject { ["pause"] = new JsonObject { ["duration"] = "2m" } });
        }

        var current = objects.Get(RolloutResource, Namespace, Rollout)
            ?? throw new LocalClusterException($"rollout {Namespace}/{Rollout} is gone");
        var template = current["spec"]!["template"]!.DeepClone().AsObject();
        var container = template["spec"]!["containers"]![0]!.AsObject();
        container["image"] = $"sample-api:{version}";
        container["env"] = Environment(container["env"]!.AsArray(), version, scenario.Fault);
        var patch = new JsonObject { ["spec"] = new JsonObject { ["strategy"] = strategy, ["template"] = template } };
        objects.MergePatch(RolloutResource, Namespace, Rollout, patch);
    }

    private static JsonArray Environment(JsonArray before, string version, (string Variable, string Value)? fault)
    {
        var variables = new JsonArray();
        foreach (var variable in before.OfType<JsonObject>())
        {
            var name = variable["name"]!.GetValue<string>();
            if (name == "APP_VERSION")
                variables.Add((JsonNode)Variable(name, version));
            else if (!name.StartsWith("DEMO_FAULT_", StringComparison.Ordinal))
                variables.Add(variable.DeepClone());
        }

        if (fault is { } wrong)
            variables.Add((JsonNode)Variable(wrong.Variable, wrong.Value));
        return variables;
    }

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static List<JsonObject> Read()
    {
        using var stream = typeof(SampleManifests).Assembly.GetManifestResourceStream("sample.yaml")!;
        using var reader = new StreamReader(stream);
        return [.. YamlReader.ReadDocuments(reader.ReadToEnd()).OfType<JsonObject>()];
    }
}

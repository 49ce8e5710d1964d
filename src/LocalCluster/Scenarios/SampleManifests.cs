using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Patching;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>The objects of sample.yaml, as they start and as each scenario changes them.</summary>
internal static class SampleManifests
{
    public const string Namespace = "default";
    public const string Rollout = "sample";
    public const string Service = "sample";
    public const string RolloutResource = "rollouts.argoproj.io";

    private const string InstanceLabel = "argo-rollouts.argoproj.io/controller-instance-id";
    private const string Template = "canary";
    private const string TemplateResource = "analysistemplates.argoproj.io";
    private const string Provider = "rollouts-companion.io/canary";

    private static readonly Dictionary<string, string> Resources = new(StringComparer.Ordinal)
    {
        ["Service"] = "services",
        ["AnalysisTemplate"] = TemplateResource,
        ["Rollout"] = RolloutResource,
    };

    /// <summary>Creates what is not there yet.</summary>
    /// <param name="podPort">The containerPort of the pods.</param>
    /// <param name="scenario">The one to come: a blue-green Rollout is one from its first version on.</param>
    /// <param name="instanceId">What Rollout and template carry, so that a controller with this id sees them.</param>
    public static void Create(
        ClusterObjects objects,
        int podPort = ContainerSpec.DefaultPort,
        Scenario? scenario = null,
        string? instanceId = null)
    {
        var isBlueGreen = scenario?.Analysis == AnalysisPlacement.PostPromotion;
        foreach (var manifest in Read("sample.yaml").Concat(isBlueGreen ? Read("blue-green.yaml") : []))
        {
            var kind = manifest["kind"]!.GetValue<string>();
            if (kind == "Rollout")
            {
                manifest["spec"]!["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["containerPort"] = podPort;
                if (isBlueGreen)
                    MergePatch.Apply(manifest, BlueGreenPatch());
            }

            if (instanceId is not null)
                manifest["metadata"]!["labels"] = new JsonObject { [InstanceLabel] = instanceId };
            objects.TryCreate(Resources[kind], Namespace, manifest);
        }
    }

    /// <summary>
    /// Brings the scenario's version out: a new pod template, and the analysis where the scenario has it.
    /// </summary>
    public static void Release(ClusterObjects objects, Scenario scenario, string version)
    {
        if (scenario.Settings is { } settings)
            objects.MergePatch(TemplateResource, Namespace, Template, Analysis(settings));
        var current = objects.Get(RolloutResource, Namespace, Rollout)
            ?? throw new LocalClusterException($"rollout {Namespace}/{Rollout} is gone");
        var template = current["spec"]!["template"]!.DeepClone().AsObject();
        var container = template["spec"]!["containers"]![0]!.AsObject();
        container["image"] = $"sample-api:{version}";
        container["env"] = Environment(container["env"]!.AsArray(), version, scenario.Fault);
        var spec = new JsonObject { ["template"] = template };
        if (scenario.Analysis != AnalysisPlacement.PostPromotion)
            spec["strategy"] = CanaryStrategy(scenario.Analysis);
        objects.MergePatch(RolloutResource, Namespace, Rollout, new JsonObject { ["spec"] = spec });
    }

    private static JsonObject CanaryStrategy(AnalysisPlacement placement)
    {
        var manifest = Read("sample.yaml").Single(candidate => candidate["kind"]!.GetValue<string>() == "Rollout");
        var strategy = manifest["spec"]!["strategy"]!.DeepClone().AsObject();
        var canary = strategy["canary"]!.AsObject();
        canary["analysis"] = null;
        if (placement == AnalysisPlacement.Background)
        {
            var analysis = canary["steps"]![1]!["analysis"]!.DeepClone();
            canary["analysis"] = analysis;
            canary["steps"] = new JsonArray(
                new JsonObject { ["setWeight"] = 20 },
                new JsonObject { ["pause"] = new JsonObject { ["duration"] = "2m" } });
        }

        return strategy;
    }

    /// <summary>Two full sets are up at once, so each is smaller.</summary>
    private static JsonObject BlueGreenPatch() => JsonNode.Parse(
        """
        {"spec": {"replicas": 3, "strategy": {"canary": null, "blueGreen": {
          "activeService": "sample", "previewService": "sample-preview",
          "scaleDownDelaySeconds": 5, "abortScaleDownDelaySeconds": 5,
          "postPromotionAnalysis": {"templates": [{"templateName": "canary"}]} } } } }
        """)!.AsObject();

    /// <summary>The metric of sample.yaml, with the scenario's settings.</summary>
    private static JsonObject Analysis(string settings)
    {
        var manifest = Read("sample.yaml")
            .Single(candidate => candidate["kind"]!.GetValue<string>() == "AnalysisTemplate");
        var metrics = manifest["spec"]!["metrics"]!.DeepClone();
        var body = metrics[0]!["provider"]!["plugin"]![Provider]!.AsObject();
        MergePatch.Apply(body, JsonNode.Parse(settings)!.AsObject());
        return new JsonObject { ["spec"] = new JsonObject { ["metrics"] = metrics } };
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

    private static List<JsonObject> Read(string resource)
    {
        using var stream = typeof(SampleManifests).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return [.. YamlReader.ReadDocuments(reader.ReadToEnd()).OfType<JsonObject>()];
    }
}

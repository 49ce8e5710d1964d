using System.Text.Json.Nodes;
using Rollouts.LocalCluster;
using Rollouts.LocalCluster.Scenarios;

namespace Rollouts.EndToEnd;

/// <summary>New versions of the sample under a strategy of the test's own.</summary>
internal static class Releases
{
    private const string Rollouts = "rollouts.argoproj.io";

    extension(LocalClusterHost host)
    {
        /// <summary>Sets the strategy, the pod template left as it is.</summary>
        public void SetStrategy(string strategy) =>
            host.Objects.MergePatch(Rollouts, "default", "sample", Spec("strategy", JsonNode.Parse(strategy)!));

        /// <summary>A CanaryPolicy judges the sample, and its Rollout has no analysis of its own.</summary>
        /// <param name="analysis">Further fields of the policy's analysis.</param>
        public void PutUnderPolicy(string analysis = "")
        {
            host.SetStrategy("""{"canary": {"analysis": null, "steps": [{"setWeight": 20}, {"pause": {} }]} }""");
            host.Objects.Create(
                "canarypolicies.rollouts-companion.io",
                "default",
                JsonNode
                    .Parse(
                        $$"""
                        {"apiVersion": "rollouts-companion.io/v1alpha1", "kind": "CanaryPolicy",
                         "metadata": {"name": "sample", "namespace": "default"},
                         "spec": {"rolloutRef": {"name": "sample"}, "mode": "Enforce",
                          "analysis": {"preset": "fast"{{analysis}} } } }
                        """
                    )!
                    .AsObject()
            );
        }

        /// <summary>Brings out a second version with the scenario's fault, the strategy left as it is.</summary>
        public void ReleaseUnderOwnStrategy(string scenario) =>
            host.ReleaseWith(ScenarioTable.All.Single(known => known.Name == scenario).Fault);

        public void ReleaseWith((string Variable, string Value)? fault)
        {
            var template = host.Objects.Get(Rollouts, "default", "sample")!["spec"]!["template"]!.DeepClone();
            var variables = template["spec"]!["containers"]![0]!["env"]!.AsArray();
            variables.Add(Variable("RELEASE", "v2"));
            if (fault is var (name, value))
            {
                variables.Add(Variable(name, value));
            }

            host.Objects.MergePatch(Rollouts, "default", "sample", Spec("template", template));
        }
    }

    public static bool IsAborted(JsonObject rollout) => (bool?)rollout["status"]?["abort"] == true;

    private static JsonObject Spec(string field, JsonNode value) =>
        new() { ["spec"] = new JsonObject { [field] = value } };

    private static JsonObject Variable(string name, string value) =>
        new JsonObject { ["name"] = name, ["value"] = value };
}

using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>The gate of examples/pull-gate.yaml: Argo asks, and nobody else writes the run's status.</summary>
[Trait("Requires", "kubectl")]
public sealed class PullModeTests
{
    private const string Token = "open-sesame";

    private const string Strategy = """
        {"canary": {"steps": [{"setWeight": 20}, {"analysis": {
          "templates": [{"templateName": "canary-verdict"}],
          "args": [
            {"name": "namespace", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"} } },
            {"name": "rollout", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"} } },
            {"name": "stable", "valueFrom": {"podTemplateHashValue": "Stable"} },
            {"name": "canary", "valueFrom": {"podTemplateHashValue": "Latest"} }]} }]} }
        """;

    [Theory]
    [InlineData("bad-errors", "Failed", "Abort")]
    [InlineData("good", "Successful", "Pass")]
    public async Task A_gate_that_asks_for_the_verdict_ends_as_the_verdict_says(
        string scenario,
        string phase,
        string verdict
    )
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Token, TestContext.Current.CancellationToken);
        await using var cluster = await LiveCluster.StartAsync(
            seed: 41, controllerOptions: ["--verdict-token-file", file]);
        CreateSecret(cluster);
        await ApplyGateAsync(cluster);

        cluster.Host.SetStrategy(Strategy);
        cluster.Host.ReleaseUnderOwnStrategy(scenario);
        var run = await cluster.UntilRunAsync("the run has ended", run => Phase(run) is not (null or "" or "Running"));

        Assert.Equal(phase, Phase(run));
        var last = run["status"]!["metricResults"]![0]!["measurements"]!.AsArray()[^1]!;
        var measured = JsonNode.Parse((string)last["value"]!)!;
        Assert.Equal(verdict, (string?)measured["verdict"]);
        Assert.Equal((string?)run["metadata"]!["name"], (string?)measured["analysisRun"]);
        var contract = await AskAsync(cluster, "/openapi.json");
        Assert.Equal(
            contract["components"]!["schemas"]!["Verdict"]!["required"]!.AsArray().Select(name => (string?)name),
            measured.AsObject().Select(field => field.Key)
        );
        File.Delete(file);
    }

    [Fact]
    public async Task A_controller_with_a_token_answers_only_who_knows_it()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "open-sesame\n", TestContext.Current.CancellationToken);
        await using var cluster = await LiveCluster.StartAsync(
            seed: 42,
            traffic: false,
            controllerOptions: ["--verdict-token-file", file]
        );
        using var http = new HttpClient { BaseAddress = cluster.Controller.Address };
        const string path = "/api/v1/verdict?namespace=default&rollout=sample";

        using var without = await http.GetAsync(path, TestContext.Current.CancellationToken);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "open-sesame");
        using var with = await http.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal((401, "Bearer"), ((int)without.StatusCode, without.Headers.WwwAuthenticate.ToString()));
        Assert.Equal(200, (int)with.StatusCode);
        File.Delete(file);
    }

    /// <summary>
    /// The example as it is shipped, with a token added as it says, asking this controller, every second and by the
    /// preset for drills.
    /// </summary>
    private static async Task ApplyGateAsync(LiveCluster cluster)
    {
        var example = await File.ReadAllTextAsync(
            Path.Combine(RepositoryFiles.Root(), "examples", "pull-gate.yaml"),
            TestContext.Current.CancellationToken
        );
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            example
                .Replace(
                    "http://analysis-controller.rollouts-companion:8090/",
                    cluster.Controller.Address.ToString(),
                    StringComparison.Ordinal
                )
                .Replace("        web:\n", "        web:\n" + Header, StringComparison.Ordinal)
                .Replace("    - name: preset\n", TokenArgument + "    - name: preset\n", StringComparison.Ordinal)
                .Replace("interval: 15s", "interval: 1s", StringComparison.Ordinal)
                .Replace("value: default", "value: fast", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        await cluster.KubectlAsync("apply", "-f", file);
        File.Delete(file);
    }

    private const string Header = """
                  headers: [{key: Authorization, value: "{{args.token}}"}]

        """;

    private const string TokenArgument = """
            - {name: token, valueFrom: {secretKeyRef: {name: verdict-token, key: authorization}}}

        """;

    private static void CreateSecret(LiveCluster cluster) =>
        cluster.Host.Objects.Create(
            "secrets",
            "default",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = "verdict-token" },
                ["data"] = new JsonObject
                {
                    ["authorization"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"Bearer {Token}")),
                },
            }
        );

    private static async Task<JsonNode> AskAsync(LiveCluster cluster, string path)
    {
        using var http = new HttpClient { BaseAddress = cluster.Controller.Address };
        return JsonNode.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken))!;
    }

    private static string? Phase(JsonObject run) => (string?)run["status"]?["phase"];
}

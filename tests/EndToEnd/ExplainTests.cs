using System.Text.Json.Nodes;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>The built program explains a file, and a Rollout with an update under way.</summary>
public sealed class ExplainTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_file_is_explained_without_a_cluster()
    {
        var file = Path.Combine(RepositoryFiles.Root(), "tests/Analysis.Tests/Profiles/Fixtures/istio.txt");

        var program = await BuiltProgram.ControllerAsync("explain", "--file", file);

        Assert.True(program.ExitCode == 0, program.Error);
        Assert.Contains("profile     Istio, by istio_requests_total", program.Output, StringComparison.Ordinal);
        Assert.Contains("12 server errors in 1,031 requests", program.Output, StringComparison.Ordinal);
        Assert.Contains("14 boundaries, 0.0005 to 30 s", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_explained_as_a_file_is()
    {
        var file = Path.Combine(RepositoryFiles.Root(), "tests/Analysis.Tests/Profiles/Fixtures/istio.txt");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

        var program = await BuiltProgram.RunAsync(
            RepositoryFiles.Program("AnalysisController", "analysis-controller"), ["explain", "--file", "-"], text
        );

        Assert.True(program.ExitCode == 0, program.Error);
        Assert.StartsWith("standard input\n", program.Output, StringComparison.Ordinal);
        Assert.Contains("profile     Istio, by istio_requests_total", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Rollout_is_explained_pod_by_pod_on_both_arms()
    {
        await using var cluster = await LiveCluster.StartAsync(seed: 21);
        cluster.Release("good", "v2");
        var explained = await UntilCompleteAsync(cluster.Host.KubeconfigPath);

        Assert.Equal("Rollout default/sample", (string?)explained["subject"]);
        Assert.StartsWith("AnalysisRun ", (string?)explained["terms"], StringComparison.Ordinal);
        var sources = explained["sources"]!.AsArray();
        Assert.Equal(
            ["canary", "stable"],
            sources.Select(source => (string)source!["arm"]!).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.All(sources, source => Assert.Equal("OpenTelemetry", (string?)source!["reading"]!["profile"]));
        Assert.Contains(
            sources[0]!["reading"]!["metrics"]!.AsArray(),
            metric => ((string?)metric!["reads"])!.EndsWith("/health: passes", StringComparison.Ordinal)
        );
        Assert.True((bool)explained["comparison"]!["compatible"]!);

        var nothing = await BuiltProgram.ControllerAsync(
            "explain", "rollout", "nothing", "--kubeconfig", cluster.Host.KubeconfigPath
        );
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("\"nothing\" not found", nothing.Error, StringComparison.Ordinal);
    }

    /// <summary>A pod exports its requests from the first on; before, the program says what is missing.</summary>
    private static async Task<JsonObject> UntilCompleteAsync(string kubeconfig)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var program = await BuiltProgram.ControllerAsync(
                "explain", "rollout", "sample", "-n", "default", "--kubeconfig", kubeconfig, "-o", "json"
            );
            Assert.True(program.ExitCode is 0 or 1, program.Error);
            var explained = JsonNode.Parse(program.Output)!.AsObject();
            if (program.ExitCode == 0 && explained["comparison"] is not null)
            {
                return explained;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, program.Output);
            await Task.Delay(LookInterval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

using System.Text.Json.Nodes;

namespace Rollouts.EndToEnd;

/// <summary>
/// The controller may be killed at any instant: the outcome is the same, and nothing is written twice.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("bad-errors", "Failed")]
    [InlineData("good", "Successful")]
    public async Task A_controller_killed_at_random_moments_reaches_the_same_verdict(string scenario, string phase)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var cluster = await LiveCluster.StartAsync(seed: 11);
        cluster.Release(scenario, "v2");
        var run = await cluster.UntilRunAsync("an analysis run", _ => true);
        for (var kill = 1; kill <= 3; kill++)
        {
            var wait = TimeSpan.FromSeconds(random.NextDouble() * 6);
            output.WriteLine($"kill {kill} after {wait.TotalSeconds:0.00} s");
            await Task.Delay(wait, TimeProvider.System, TestContext.Current.CancellationToken);
            await cluster.Controller.KillAsync();
            await cluster.StartControllerAsync();
        }

        var name = (string)run["metadata"]!["name"]!;
        var ended = await cluster.UntilRunAsync(
            $"run {name} has ended",
            other => (string?)other["metadata"]!["name"] == name && IsCompleted(other)
        );

        Assert.Equal(phase, (string?)ended["status"]!["phase"]);
        var metric = Assert.Single(ended["status"]!["metricResults"]!.AsArray())!;
        Assert.Equal("canary", (string?)metric["name"]);
        Assert.Single(metric["measurements"]!.AsArray());
        Assert.Equal(1, (int?)metric["count"]);
        // The journal is written beside the work; a controller that is told to stop finishes it.
        await cluster.Controller.StopAsync();
        await AssertJournalAsync(cluster.JournalOf(ended), phase == "Failed" ? 1 : 0);
    }

    /// <summary>
    /// However often the process was killed: the policy first, every line once, and the same verdict.
    /// </summary>
    private static async Task AssertJournalAsync(string file, int exitCode)
    {
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.StartsWith("""{"kind":"spec",""", lines[0], StringComparison.Ordinal);
        var times = lines.Skip(1).Select(line => (double)JsonNode.Parse(line)!["t"]!).ToList();
        Assert.Equal(times.Distinct().Order(), times);

        var replay = await BuiltProgram.ControllerAsync("replay", file, "-o", "table");

        Assert.True(replay.ExitCode == exitCode, $"exit code {replay.ExitCode}: {replay.Output}\n{replay.Error}");
    }

    private static bool IsCompleted(JsonObject run) =>
        (string?)run["status"]?["phase"] is "Successful" or "Failed" or "Error" or "Inconclusive";
}

using System.Text.Json.Nodes;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Tests.Reconcile;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>
/// The real reconciler and its journal on virtual time: one patch, one line, killed wherever it may be.
/// </summary>
public sealed class JournaledRunTests : IDisposable
{
    private readonly JournaledWorld _journaled = new();

    private World World => _journaled.World;

    [Theory]
    [InlineData(0.2, "Failed", 1)]
    [InlineData(0.001, "Successful", 0)]
    public async Task Replaying_the_journal_reaches_the_verdict_of_the_run(double errors, string phase, int exitCode)
    {
        World.CanaryErrorRatio = errors;
        _journaled.Create("run-1");

        await World.RunAsync(TimeSpan.FromSeconds(60));
        await World.FlushJournalAsync();

        Assert.Equal(phase, (string?)World.Server.Runs[0]["status"]!["metricResults"]![0]!["phase"]);
        Assert.Equal(exitCode, await _journaled.ReplayAsync());
        Assert.Equal(Patched(), Journaled());
    }

    [Theory]
    [InlineData("\"minimumStepSeconds\": 24.5", "Successful", 0, false)]
    [InlineData("\"minimumStepSeconds\": 24.5", "Successful", 0, true)]
    [InlineData("\"minimumStepSeconds\": 50, \"deadlineSeconds\": 24.5", "Inconclusive", 3, false)]
    [InlineData("\"minimumStepSeconds\": 50, \"deadlineSeconds\": 24.5", "Inconclusive", 3, true)]
    public async Task A_verdict_that_time_brings_between_two_intervals_is_reached_by_replaying_the_journal(
        string settings,
        string phase,
        int exitCode,
        bool isKilled
    )
    {
        _journaled.Create("run-1", settings);
        var run = World.Server.Runs[0];
        for (var step = 0; step < 600 && !HasEnded(run); step++)
        {
            await World.RunAsync(TimeSpan.FromMilliseconds(100));
        }

        if (isKilled)
        {
            _journaled.Kill();
        }

        await World.FlushJournalAsync();

        Assert.Equal(phase, (string?)run["status"]!["metricResults"]![0]!["phase"]);
        Assert.Equal(exitCode, await _journaled.ReplayAsync());
        Assert.Equal(Patched(), Journaled());
        Assert.True(JournaledWorld.IsEnd(Lines()[^1]), Lines()[^1]);
    }

    [Fact]
    public async Task Whenever_the_process_is_killed_every_patch_has_its_line_and_no_line_comes_twice()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var test = new JournaledRunTests();
            var complaint = await test.KillAgainAndAgainAsync(new Random(seed));
            Assert.True(complaint is null, $"seed {seed}: {complaint}");
        }
    }

    [Fact]
    public async Task A_process_killed_between_the_last_patch_and_its_line_is_made_good_even_when_the_run_has_ended()
    {
        World.CanaryErrorRatio = 0.2;
        _journaled.Create("run-1");
        await World.RunAsync(TimeSpan.FromSeconds(6));
        await World.FlushJournalAsync();
        await World.RunAsync(TimeSpan.FromSeconds(60));
        var run = World.Server.Runs[0];
        World.Server.Write(run, JsonNode.Parse("""{"status":{"phase":"Failed"}}""")!.AsObject());

        _journaled.Kill();
        await World.FlushJournalAsync();

        Assert.Equal(Patched()[^1], Journaled()[^1]);
    }

    public void Dispose() => _journaled.Dispose();

    /// <summary>Kills it after a patch and before its line, and in every other place that a second can hit.</summary>
    private async Task<string?> KillAgainAndAgainAsync(Random random)
    {
        _journaled.Create("run-1");
        for (var kill = 0; kill < 8; kill++)
        {
            await World.RunAsync(TimeSpan.FromSeconds(random.NextDouble() * 4));
            if (random.Next(2) == 0)
            {
                await World.FlushJournalAsync();
            }

            _journaled.Kill();
            await World.FlushJournalAsync();
        }

        await World.RunAsync(TimeSpan.FromSeconds(60));
        await World.FlushJournalAsync();
        var (patched, journaled) = (Patched(), Journaled());
        return patched.SequenceEqual(journaled)
            ? null
            : $"patched:\n{string.Join('\n', patched)}\njournaled:\n{string.Join('\n', journaled)}";
    }

    /// <summary>The interval that each patch was the first to carry.</summary>
    private List<string> Patched() =>
        [
            .. JournaledWorld.StatesOf(World.Server.Patches)
                .Where(state => state.LatestInterval is not null)
                .Select(state => IntervalLine.Write(state.LatestInterval!, state.Origin))
                .Distinct(),
        ];

    /// <summary>What was gathered; without the line that says when time ended the run.</summary>
    private string[] Journaled() => Lines()[..^(JournaledWorld.IsEnd(Lines()[^1]) ? 1 : 0)];

    private string[] Lines() => File.ReadAllLines(Assert.Single(_journaled.Files()))[1..];

    private static bool HasEnded(JsonNode run) =>
        (string?)run["status"]?["metricResults"]?[0]?["phase"] is not (null or "Running");
}

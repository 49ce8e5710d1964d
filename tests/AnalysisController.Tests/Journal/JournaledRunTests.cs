using System.Text.Json.Nodes;
using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Commands.Replay;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Tests.Reconcile;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>
/// The real reconciler and its journal on virtual time: one patch, one line, killed wherever it may be.
/// </summary>
public sealed class JournaledRunTests : IDisposable
{
    private readonly World _world = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    public JournaledRunTests()
    {
        _world.JournalFolder = _folder;
        _world.Start();
    }

    [Theory]
    [InlineData(0.2, "Failed", 1)]
    [InlineData(0.001, "Successful", 0)]
    public async Task Replaying_the_journal_reaches_the_verdict_of_the_run(double errors, string phase, int exitCode)
    {
        _world.CanaryErrorRatio = errors;
        Create("run-1");

        await _world.RunAsync(TimeSpan.FromSeconds(60));
        await _world.FlushJournalAsync();

        Assert.Equal(phase, (string?)_world.Server.Runs[0]["status"]!["metricResults"]![0]!["phase"]);
        Assert.Equal(exitCode, await ReplayAsync());
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
        Create("run-1", settings);
        var run = _world.Server.Runs[0];
        for (var step = 0; step < 600 && !HasEnded(run); step++)
        {
            await _world.RunAsync(TimeSpan.FromMilliseconds(100));
        }

        if (isKilled)
        {
            _world.Start();
            _world.CatchUp();
        }

        await _world.FlushJournalAsync();

        Assert.Equal(phase, (string?)run["status"]!["metricResults"]![0]!["phase"]);
        Assert.Equal(exitCode, await ReplayAsync());
        Assert.Equal(Patched(), Journaled());
        Assert.True(IsEnd(Lines()[^1]), Lines()[^1]);
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
        _world.CanaryErrorRatio = 0.2;
        Create("run-1");
        await _world.RunAsync(TimeSpan.FromSeconds(6));
        await _world.FlushJournalAsync();
        await _world.RunAsync(TimeSpan.FromSeconds(60));
        var run = _world.Server.Runs[0];
        _world.Server.Write(run, JsonNode.Parse("""{"status":{"phase":"Failed"}}""")!.AsObject());

        _world.Start();
        _world.CatchUp();
        await _world.FlushJournalAsync();

        Assert.Equal(Patched()[^1], Journaled()[^1]);
    }

    public void Dispose()
    {
        _world.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Kills it after a patch and before its line, and in every other place that a second can hit.</summary>
    private async Task<string?> KillAgainAndAgainAsync(Random random)
    {
        Create("run-1");
        for (var kill = 0; kill < 8; kill++)
        {
            await _world.RunAsync(TimeSpan.FromSeconds(random.NextDouble() * 4));
            if (random.Next(2) == 0)
            {
                await _world.FlushJournalAsync();
            }

            _world.Start();
            _world.CatchUp();
            await _world.FlushJournalAsync();
        }

        await _world.RunAsync(TimeSpan.FromSeconds(60));
        await _world.FlushJournalAsync();
        var (patched, journaled) = (Patched(), Journaled());
        return patched.SequenceEqual(journaled)
            ? null
            : $"patched:\n{string.Join('\n', patched)}\njournaled:\n{string.Join('\n', journaled)}";
    }

    /// <summary>The interval that each patch was the first to carry.</summary>
    private List<string> Patched() =>
        [
            .. _world
                .Server.Patches.Select(patch =>
                    (string?)patch["metadata"]?["annotations"]?[RunAnnotations.State] is { } text
                    && Checkpoint.Read(Convert.FromBase64String(text)) is CheckpointResult.Restored(var state)
                    && state.LatestInterval is { } interval
                        ? IntervalLine.Write(interval, state.Origin)
                        : ""
                )
                .Where(line => line.Length > 0)
                .Distinct(),
        ];

    /// <summary>What was gathered; without the line that says when time ended the run.</summary>
    private string[] Journaled() => Lines()[..^(IsEnd(Lines()[^1]) ? 1 : 0)];

    private string[] Lines() => File.ReadAllLines(FilePath())[1..];

    private static bool HasEnded(JsonNode run) =>
        (string?)run["status"]?["metricResults"]?[0]?["phase"] is not (null or "Running");

    private static bool IsEnd(string line) => line.EndsWith("\"canary\":{},\"stable\":{}}", StringComparison.Ordinal);

    private string FilePath() => Assert.Single(Directory.GetFiles(_folder, "*.jsonl", SearchOption.AllDirectories));

    private async Task<int> ReplayAsync()
    {
        using var input = File.OpenText(FilePath());
        using var output = new StringWriter();
        return await ReplayRun.ExecuteAsync(
            input,
            output,
            output,
            new ReplayOptions(),
            TestContext.Current.CancellationToken
        );
    }

    private void Create(string name, string settings = "\"alpha\": 0.01")
    {
        var now = _world.Clock.GetUtcNow().ToString("o", System.Globalization.CultureInfo.InvariantCulture);
        _world.Server.Create(
            $$"""
            {"metadata":{"name":"{{name}}","namespace":"default","uid":"uid-{{name}}","creationTimestamp":"{{now}}",
              "labels":{"rollout-type":"Step","rollouts-pod-template-hash":"new"},
              "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary",
               "provider":{"plugin":{"rollouts-companion.io/canary":{"preset":"fast",{{settings}} } } } }]},
             "status":{"phase":"Running","startedAt":"{{now}}"} }
            """
        );
        _world.Watch();
    }
}

using Rollouts.AnalysisController.Tests.Reconcile;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>A patch that ended its run, and a process that could not say so to the disk.</summary>
public sealed class EndedRunTests : IDisposable
{
    private const string Secret =
        """
        "args":[{"name":"t","valueFrom":{"secretKeyRef":{"name":"s","key":"k"} } }]
        """;

    private readonly JournaledWorld _journaled = new();

    private World World => _journaled.World;

    [Theory]
    [InlineData(0.5, "Failed", 1)]
    [InlineData(0.001, "Successful", 0)]
    public async Task The_next_to_lead_finds_those_of_a_run_that_has_ended_and_replay_reaches_its_verdict(
        double errors,
        string phase,
        int exitCode
    )
    {
        World.CanaryErrorRatio = errors;
        var run = _journaled.Create("run-1", spec: Secret);
        while ((string?)run["status"]!["metricResults"]?[0]?["phase"] != phase)
        {
            await World.RunAsync(TimeSpan.FromMilliseconds(100));
        }

        _journaled.End(run, phase);
        var intervals = _journaled.Patched.Intervals;
        _journaled.Kill();

        Assert.Equal(exitCode, await _journaled.ReplayAsync());
        Assert.Equal(intervals, (await _journaled.ReadAsync()).Length);
    }

    [Fact]
    public async Task A_run_whose_first_and_only_patch_with_evidence_ended_it_gets_its_file_from_the_next_to_lead()
    {
        World.CanaryErrorRatio = 0.5;
        var run = _journaled.Create("run-1");
        await World.RunAsync(TimeSpan.FromSeconds(1));
        await _journaled.RunThroughOutageAsync(TimeSpan.FromSeconds(30));
        _journaled.End(run, "Failed");
        Assert.Empty(_journaled.Files());

        _journaled.Kill();

        Assert.Equal(1, await _journaled.ReplayAsync());
    }

    [Fact]
    public async Task A_patch_that_ended_the_run_and_was_not_answered_is_in_the_journal_without_a_restart()
    {
        World.CanaryErrorRatio = 0.5;
        var run = _journaled.Create("run-1");
        World.Server.Lose = request =>
        {
            if ((string?)run["status"]!["metricResults"]?[0]?["phase"] != "Failed")
            {
                return null;
            }

            _journaled.End(run, "Failed");
            return JournaledWorld.LoseAnswer(request);
        };

        await World.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(1, await _journaled.ReplayAsync());
        Assert.Equal(_journaled.Patched.Intervals, (await _journaled.ReadAsync()).Length);
    }

    public void Dispose() => _journaled.Dispose();
}

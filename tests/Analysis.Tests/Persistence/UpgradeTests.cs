using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Persistence;

/// <summary>What an earlier program left on an AnalysisRun is taken up by this one.</summary>
public sealed class UpgradeTests
{
    private const int Intervals = 12;

    /// <summary>
    /// Written once, by version 0.1.0: twelve intervals of a healthy canary, the default metrics, classes and memory. A
    /// later format has a number of its own and still reads this one; the file is never written anew.
    /// </summary>
    private const string Format2 = "checkpoint-2.base64";

    [Fact]
    public void Checkpoint_of_format_2_is_taken_up_and_judged_on()
    {
        using var file = new StreamReader(typeof(UpgradeTests).Assembly.GetManifestResourceStream(Format2)!);

        var read = Checkpoint.Read(Convert.FromBase64String(file.ReadToEnd()));

        var restored = Assert.IsType<CheckpointResult.Restored>(read).State;

        Assert.Equal((Intervals, 9), (restored.Intervals, restored.Metrics.Length));
        var at = FakeRollout.Start.AddSeconds(10 * (Intervals + 1));
        var next = CanaryAnalysis.Advance(restored, RandomInterval.Of(new Random(8), at, 2, 4, ratio: .002));
        Assert.Equal(Intervals + 1, next.Intervals);
        Assert.NotEqual(Decision.Abort, next.Verdict.Decision);
    }
}

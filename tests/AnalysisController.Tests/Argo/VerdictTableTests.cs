using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Argo;

namespace Rollouts.AnalysisController.Tests.Argo;

public sealed class VerdictTableTests
{
    [Theory]
    [InlineData("Step", Decision.Abort, "Failed")]
    [InlineData("Step", Decision.Pass, "Successful")]
    [InlineData("Step", Decision.Inconclusive, "Inconclusive")]
    [InlineData("Step", Decision.Continue, null)]
    [InlineData("PrePromotion", Decision.Pass, "Successful")]
    [InlineData("PostPromotion", Decision.Abort, "Failed")]
    [InlineData("Background", Decision.Abort, "Failed")]
    [InlineData("Background", Decision.Pass, null)]
    [InlineData("Background", Decision.Inconclusive, "Inconclusive")]
    [InlineData("Background", Decision.Continue, null)]
    public void A_verdict_becomes_the_phase_of_the_table(string rolloutType, Decision decision, string? phase)
    {
        var run = Runs.Parse($$"""{"metadata": {"labels": {"rollout-type": "{{rolloutType}}"} } }""");

        Assert.Equal(phase, AnalysisPhase.Of(run.Kind, decision));
    }

    [Fact]
    public void A_run_that_no_rollout_step_made_is_a_gate() =>
        Assert.Equal(RunKind.Step, Runs.Parse("{}").Kind);
}

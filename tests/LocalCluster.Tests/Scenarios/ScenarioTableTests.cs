using Rollouts.LocalCluster.Scenarios;

namespace Rollouts.LocalCluster.Tests.Scenarios;

public sealed class ScenarioTableTests
{
    [Theory]
    [InlineData("good", "Successful", "Promoted")]
    [InlineData("bad-errors", "Failed", "RolledBack")]
    [InlineData("slow", "Failed", "RolledBack")]
    [InlineData("crashloop", "Failed", "RolledBack")]
    [InlineData("no-traffic", "Inconclusive", "Paused")]
    [InlineData("blue-green-bad", "Failed", "RolledBack")]
    [InlineData("blue-green-good", "Successful", "Promoted")]
    [InlineData("blue-green-no-limits", "Inconclusive", "Paused")]
    public void Each_scenario_has_the_end_that_users_are_promised(string name, string phase, string outcome)
    {
        var scenario = Assert.Single(ScenarioTable.Select(name));

        Assert.Equal(phase, scenario.ExpectedPhase);
        Assert.Equal(outcome, scenario.ExpectedOutcome.ToString());
        Assert.Equal(outcome != "RolledBack", scenario.Fault is null);
    }

    [Fact]
    public void The_default_is_a_good_version_and_then_a_bad_one() =>
        Assert.Equal(["good", "bad-errors"], ScenarioTable.Select("all-default").Select(scenario => scenario.Name));

    [Fact]
    public void An_unknown_name_selects_nothing() => Assert.Empty(ScenarioTable.Select("Good"));
}

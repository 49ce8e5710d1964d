using Rollouts.Simulation.Worlds;

namespace Rollouts.Simulation.Calibration;

/// <summary>The promises of the judge, measured anew in every build; <c>make calibrate</c> is the long form.</summary>
public sealed class CalibrationTests(ITestOutputHelper output)
{
    private const int Seed = 20260101;
    private const double Alpha = .01;
    private const int HealthyRuns = 200;
    private const int BadRuns = 100;

    public static IEnumerable<TheoryDataRow<string>> Healthy =>
        Families.Healthy.Select(scenario => new TheoryDataRow<string>(scenario.Name));

    public static IEnumerable<TheoryDataRow<string>> Bad =>
        Families.Bad.Select(row => new TheoryDataRow<string>(row.Scenario.Name));

    [Theory, MemberData(nameof(Healthy))]
    public void Healthy_canary_is_aborted_no_more_often_than_alpha(string name)
    {
        var experiment =
            Experiment.Run(Families.Healthy.Single(row => row.Name == name), HealthyRuns, Seed, withCompetitors: false);
        var most = Alpha + (3 * Math.Sqrt(Alpha * (1 - Alpha) / HealthyRuns));
        output.WriteLine(Table.HealthyRow(experiment));
        Assert.True(experiment.AbortShare <= most,
            $"{name}: {experiment.AbortShare:P2} aborted of {HealthyRuns} runs from seed {Seed}, at most {most:P2}");
    }

    [Theory, MemberData(nameof(Bad))]
    public void Bad_canary_is_found_about_as_fast_as_the_reference_finds_it(string name)
    {
        var (scenario, reference) = Families.Bad.Single(row => row.Scenario.Name == name);
        var experiment = Experiment.Run(scenario, BadRuns, Seed, withCompetitors: false);
        output.WriteLine(Table.BadRow(experiment, reference));
        if (double.IsInfinity(reference))
        {
            Assert.Equal(0, experiment.AbortShare);
            return;
        }

        // The lower end of the sample median's 99.7 % interval, by order statistics.
        var low = experiment.TimeQuantile(.5 - (1.5 / Math.Sqrt(BadRuns)));
        var most = Math.Max(1.1 * reference, reference + 1);
        Assert.True(low <= most,
            $"{name}: median at least {low} intervals ({BadRuns} runs from seed {Seed}), at most {most} wanted");
    }

    [Fact]
    public void Healthy_canary_with_enough_traffic_passes()
    {
        var experiment = Experiment.Run(Families.Healthy[0], HealthyRuns, Seed, withCompetitors: false);
        Assert.True(experiment.PassedFirstShare >= .99, $"{experiment.PassedFirstShare:P1} passed");
        Assert.InRange(experiment.PassQuantile(.5), 30, 60);
    }

    [Fact]
    public void Competitors_that_peek_or_count_errors_as_independent_break_under_bursts()
    {
        var bursts = Families.Healthy.Single(row => row.Name == "bursts 20 events/3 s, 50%");
        var experiment = Experiment.Run(bursts, 100, Seed, withCompetitors: true);
        Assert.True(experiment.OtherShare(Experiment.Competitors.IndexOf("plain count LR")) > .05);
        Assert.True(experiment.OtherShare(Experiment.Competitors.IndexOf("z-test, peeking")) > .2);
        Assert.True(experiment.AbortShare <= .03);
    }
}

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests;

public sealed class MessageTests
{
    private static readonly AnalysisSpec Spec = new() { Metrics = [MetricSpec.Named("errors")!] };

    [Fact]
    public void First_message_says_what_is_missing_and_how_long_it_takes() =>
        Assert.Equal(
            "Collecting: errors (5xx) 0 % of 100 requests on the canary, 0 % of 900 requests on stable: "
            + "stable has none "
            + "(99 % bounds 0 to no upper bound yet; tolerated 1.5). Evidence 0, abort at 100. "
            + "errors needs about 2,700 more canary requests, 4 min 21 s at the present rate; "
            + "Pass not before 4 min 50 s from now (minimum step)",
            Run(Spec, 1, 100, 0, 900, 0).Verdict.Message);

    [Fact]
    public void Forecast_beyond_the_deadline_names_the_two_ways_out()
    {
        var message = Run(Spec, 1, 5, 0, 900, 0).Verdict.Message;
        Assert.Contains("beyond the deadline in 29 min 50 s", message, StringComparison.Ordinal);
        Assert.EndsWith(
            "a wider margin (errors.margin) or more weight would bring Pass within reach", message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void Abort_states_values_sizes_bounds_and_evidence_against_its_limit() =>
        Assert.Matches(
            @"^WorseThanStable: errors \(5xx\) 20 % of 500 requests on the canary, 0\.222 % of 4,500 requests on "
            + @"stable: "
            + @"90 times stable's \(99 % bounds [\d.]+ to [\d.,]+; tolerated 1\.5\)\. Evidence [\d.,]+, abort at 100$",
            Run(Spec, 5, 100, 20, 900, 2).Verdict.Message);

    [Fact]
    public void Deadline_states_what_is_still_needed()
    {
        var verdict = Run(Spec with { Deadline = TimeSpan.FromSeconds(100) }, 10, 100, 0, 900, 0).Verdict;
        Assert.Equal((Decision.Inconclusive, VerdictReason.NotEnoughEvidence), (verdict.Decision, verdict.Reason));
        Assert.StartsWith(
            "NotEnoughEvidence: deadline reached. errors needs about 1,800 more canary requests, "
            + "2 min 51 s at the present rate",
            verdict.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Deadline_may_pass_where_the_owner_opted_in_and_nothing_speaks_against_it()
    {
        var spec = Spec with { Deadline = TimeSpan.FromSeconds(100), OnDeadline = DeadlineAction.PassIfNoHarm };
        Assert.Equal(VerdictReason.NoHarmAtDeadline, Run(spec, 10, 100, 0, 900, 0).Verdict.Reason);
        Assert.Equal(Decision.Inconclusive, Run(spec, 10, 0, 0, 900, 0).Verdict.Decision);
    }

    [Theory]
    [InlineData(0.00105, "0.105 %")]
    [InlineData(1, "100 %")]
    [InlineData(0, "0 %")]
    [InlineData(0.123456, "12.3 %")]
    [InlineData(0.0000123, "0.00123 %")]
    public void Percent_has_three_significant_digits(double ratio, string text) =>
        Assert.Equal(text, Wording.Percent(ratio));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59.2, "1 min")]
    [InlineData(280, "4 min 40 s")]
    [InlineData(3600, "1 h")]
    [InlineData(5400, "1 h 30 min")]
    [InlineData(400_000, "4 days")]
    public void Duration_has_at_most_two_units(double seconds, string text) =>
        Assert.Equal(text, Wording.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(5.7366, "310")]
    [InlineData(0, "1")]
    [InlineData(double.NegativeInfinity, "0")]
    [InlineData(17.77, "5.2e7")]
    public void Evidence_is_shown_as_itself_not_as_its_logarithm(double log, string text) =>
        Assert.Equal(text, Wording.Evidence(log));

    private static AnalysisState Run(
        AnalysisSpec spec, int intervals, int canary, int canaryBad, int stable, int stableBad)
    {
        var state = CanaryAnalysis.Start(spec, FakeRollout.Start);
        for (var i = 1; i <= intervals; i++)
        {
            state = CanaryAnalysis.Advance(state, new EvidenceInterval
            {
                At = FakeRollout.Start.AddSeconds(10 * i),
                Canary = [new PodIncrease { Pod = "c0", Requests = canary, Errors = canaryBad }],
                Stable = [new PodIncrease { Pod = "s0", Requests = stable, Errors = stableBad }],
            });
        }

        return state;
    }
}

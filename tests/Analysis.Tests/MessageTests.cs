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
            + "neither has any (99 % bounds of the ratio 0 to no upper bound yet; tolerated 1.5). "
            + "Evidence 0, abort at 100. "
            + "Pass needs about 2,700 more canary requests (errors), 4 min 21 s at the present rate; "
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
            "NotEnoughEvidence: deadline reached. errors (5xx) 0 % of 1,000 requests on the canary, 0 % of 9,000 "
            + "requests on stable: neither has any (99 % bounds of the ratio 0 to no upper bound yet; tolerated 1.5). "
            + "Pass needs about 1,800 more canary requests (errors), 2 min 51 s at the present rate",
            verdict.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Deadline_may_pass_where_the_owner_opted_in_and_nothing_speaks_against_it()
    {
        var spec = Spec with { Deadline = TimeSpan.FromSeconds(100), OnDeadline = DeadlineAction.PassIfNoHarm };
        var verdict = Run(spec, 10, 100, 0, 900, 0).Verdict;
        Assert.Equal(VerdictReason.NoHarmAtDeadline, verdict.Reason);
        Assert.StartsWith(
            "NoHarmAtDeadline: deadline reached, nothing speaks against the canary, and onDeadline is PassIfNoHarm. "
            + "By evidence alone: Pass ",
            verdict.Message,
            StringComparison.Ordinal);
        Assert.Equal(Decision.Inconclusive, Run(spec, 10, 0, 0, 900, 0).Verdict.Decision);
    }

    [Fact]
    public void Ratio_of_one_is_called_as_stable_s_and_not_one_times() =>
        Assert.Contains(
            "1 % of 100 requests on the canary, 1 % of 900 requests on stable: as stable's (99 % bounds",
            Run(Spec, 1, 100, 1, 900, 9).Verdict.Message, StringComparison.Ordinal);

    [Fact]
    public void Errors_where_stable_has_none_are_called_that() =>
        Assert.Contains("stable: stable has none (99 %", Run(Spec, 1, 100, 1, 900, 0).Verdict.Message,
            StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_said_of_evidence_before_there_is_any()
    {
        var verdict = Make.Judged(new AnalysisSpec(), 1, [], [Make.Requests("s", 5)]).Verdict;
        Assert.Equal(
            "Collecting: no traffic to compare yet. Pass waits for canary requests (errors)", verdict.Message);
    }

    [Fact]
    public void Warm_up_is_spoken_of_only_where_pods_are_scraped()
    {
        var rollout = new FakeRollout(new AnalysisSpec(), 1, 1);
        FakeRollout.Healthy(rollout);
        Assert.StartsWith(
            "Collecting: no traffic to compare yet; pods contribute from 30 s after Ready. Pass waits for canary "
            + "requests",
            rollout.Scrape().Verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pass_names_the_line_of_every_margin()
    {
        var verdict = Run(Spec, 40, 100, 0, 900, 0).Verdict;
        Assert.Equal(VerdictReason.WithinMargins, verdict.Reason);
        Assert.Contains(
            "within the margins (errors 1.5 × stable + 0.5 points) at 95 %. Evidence 0, abort at 100",
            verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ratios_that_never_pass_name_the_line_to_come_below() =>
        Assert.EndsWith(
            "No Pass at the present ratios (errors): the canary would have to come below 1.5 × stable + 0.5 points",
            Run(Spec, 1, 100, 3, 900, 9).Verdict.Message, StringComparison.Ordinal);

    [Fact]
    public void Latency_says_that_stable_must_come_first()
    {
        var spec = new AnalysisSpec { Metrics = [MetricSpec.Named("lat_p90")!] };
        var verdict = Make.Judged(spec, 1, [Make.Buckets("c", 1, 5)], [Make.Buckets("s", 100, 200)]).Verdict;
        Assert.EndsWith(
            "Pass waits for canary requests, and 200 of stable before them (lat_p90)", verdict.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Forecast_is_of_the_metric_that_needs_most()
    {
        var spec = new AnalysisSpec
        {
            Metrics =
            [
                MetricSpec.Named("errors")! with { Margin = .05 },
                MetricSpec.Named("clientErrors")! with { Margin = .001, Action = MetricAction.Abort },
            ],
        };
        PodIncrease Pod(string name, int requests) => Make.Requests(name, requests) with { ClientErrors = 0 };
        var message = Make.Judged(spec, 2, [Pod("c", 50)], [Pod("s", 900)]).Verdict.Message;
        Assert.StartsWith("Collecting: clientErrors (4xx) 0 % of 100 requests", message, StringComparison.Ordinal);
        Assert.Contains("more canary requests (clientErrors)", message, StringComparison.Ordinal);
        message = Make.Judged(spec, 2, [Pod("c", 50) with { Errors = 40 }], [Pod("s", 900)]).Verdict.Message;
        Assert.Contains("No Pass at the present ratios (errors)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "errors")]
    [InlineData(false, "clientErrors")]
    public void Forecast_is_of_a_metric_that_holds_too_and_never_of_a_dry_run(bool dryRun, string metric)
    {
        var spec = new AnalysisSpec
        {
            Metrics =
            [
                MetricSpec.Named("errors")! with { Margin = .05 },
                MetricSpec.Named("clientErrors")! with { Margin = .001, DryRun = dryRun },
            ],
        };
        PodIncrease Pod(string name, int requests) => Make.Requests(name, requests) with { ClientErrors = 0 };
        var message = Make.Judged(spec, 1, [Pod("c", 50)], [Pod("s", 900)]).Verdict.Message;
        Assert.Contains($"more canary requests ({metric})", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wait_of_more_than_thirty_years_is_not_told()
    {
        var spec = new AnalysisSpec { Metrics = [MetricSpec.Named("errors")! with { Margin = 2e-8 }] };
        var message = Make.Judged(spec, 1100, [Make.Requests("c", 1)], [Make.Requests("s", 9)]).Verdict.Message;
        Assert.Contains("more canary requests (errors)", message, StringComparison.Ordinal);
        Assert.DoesNotContain("at the present rate", message, StringComparison.Ordinal);
    }

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

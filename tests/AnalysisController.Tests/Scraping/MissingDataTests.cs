using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using Rollouts.Analysis;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>A scrape that failed, for whatever reason, speaks neither for a canary nor against it.</summary>
public sealed class MissingDataTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Reasons =>
        [
            .. typeof(ScrapeFailure)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(constant => constant.IsLiteral)
                .Select(constant => (string)constant.GetRawConstantValue()!),
        ];

    [Theory, MemberData(nameof(Reasons))]
    public void A_canary_that_cannot_be_scraped_is_neither_passed_nor_aborted(string reason) =>
        AssertUndecided(round => [
            Pod("s", Arm.Stable, Served(round, failed: 0)), Pod("c", Arm.Canary, Failed(reason)),
        ]);

    [Theory, MemberData(nameof(Reasons))]
    public void A_bad_canary_is_not_aborted_while_stable_cannot_be_scraped(string reason) =>
        AssertUndecided(round => [
            Pod("s", Arm.Stable, Failed(reason)), Pod("c", Arm.Canary, Served(round, 100 * round)),
        ]);

    /// <summary>The same canary with a stable that answers: what the tests above see is not a blind judge.</summary>
    [Fact]
    public void A_bad_canary_is_aborted_where_both_answer() =>
        Assert.Contains(
            Decision.Abort,
            Decisions(round => [
                Pod("s", Arm.Stable, Served(round, failed: 0)), Pod("c", Arm.Canary, Served(round, 100 * round)),
            ])
        );

    private static void AssertUndecided(Func<int, ImmutableArray<PodScrape>> pods)
    {
        var decisions = Decisions(pods);

        Assert.DoesNotContain(Decision.Abort, decisions);
        Assert.DoesNotContain(Decision.Pass, decisions);
        Assert.Equal(Decision.Inconclusive, decisions[^1]);
    }

    /// <summary>Until the verdict, or beyond the deadline of 30 min.</summary>
    private static List<Decision> Decisions(Func<int, ImmutableArray<PodScrape>> pods)
    {
        var state = CanaryAnalysis.Start(new AnalysisSpec { WarmUp = TimeSpan.Zero }, Start);
        var decisions = new List<Decision>();
        for (var round = 1; round <= 100; round++)
        {
            state = CanaryAnalysis.Advance(state, new ScrapeRound(Start + (Pace * round), 0, pods(round)));
            decisions.Add(state.Verdict.Decision);
        }

        return decisions;
    }

    private static MetricsScrape.Failed Failed(string reason) => new(reason, "as told");

    /// <summary>Counters after so many rounds of 400 requests each.</summary>
    private static MetricsScrape.Answered Served(int rounds, int failed)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            # TYPE http_server_request_duration_seconds histogram
            http_server_request_duration_seconds_bucket{http_response_status_code="200",le="0.1"} {{(400 * rounds) - failed}}
            http_server_request_duration_seconds_bucket{http_response_status_code="200",le="+Inf"} {{(400 * rounds) - failed}}
            http_server_request_duration_seconds_count{http_response_status_code="200"} {{(400 * rounds) - failed}}
            http_server_request_duration_seconds_bucket{http_response_status_code="500",le="0.1"} {{failed}}
            http_server_request_duration_seconds_bucket{http_response_status_code="500",le="+Inf"} {{failed}}
            http_server_request_duration_seconds_count{http_response_status_code="500"} {{failed}}

            """
        );
        var read = Assert.IsType<ExpositionResult.Read>(ExpositionReader.Read(Encoding.UTF8.GetBytes(text)));
        return new MetricsScrape.Answered(read.Families);
    }

    private static PodScrape Pod(string name, Arm arm, MetricsScrape metrics) =>
        new()
        {
            Pod = name,
            Arm = arm,
            ReadyAt = Start.AddHours(-1),
            Metrics = metrics,
            Health = HealthProbe.Unknown,
        };
}

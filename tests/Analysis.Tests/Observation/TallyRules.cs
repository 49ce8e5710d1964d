using System.Text;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Observation;

/// <summary>The scrapes of one interval are summed; what was not observed stays out of it.</summary>
public sealed class TallyRules
{
    private static readonly AnalysisSpec Spec = new()
    {
        WarmUp = TimeSpan.Zero,
        Metrics =
        [
            MetricSpec.Named("errors")!, MetricSpec.Named("lat_p90")!, MetricSpec.Named("memory")!,
            MetricSpec.Named("classes")! with { Source = new MetricSource.Classes("votes_total", "party") },
            MetricSpec.Named("errors")! with
            {
                Name = "lost", Kind = MetricKind.Ratio,
                Source = new MetricSource.Ratio(new("lost_total", []), new("sent_total", [])),
            },
            MetricSpec.Named("lat_p90")! with { Name = "query", Source = new MetricSource.Histogram("query_seconds") },
        ],
    };

    [Fact]
    public void Two_scrapes_of_one_interval_are_summed()
    {
        var pod = Grown(Text(10, 1, 2), Text(14, 3, 5), Text(20, 4, 9));
        Assert.Equal((10.0, 3.0, 0.0), (pod.Requests, pod.Errors, pod.ClientErrors));
        Assert.Equal(Make.Numbers(7, 10), pod.Buckets);
        Assert.Equal(new BadOfAll(3, 10), pod.Ratios["lost"]);
        Assert.Equal(Make.Numbers(7, 10), pod.Histograms["query"]);
        Assert.Equal(Make.Numbers(3, 7), pod.Classes);
        Assert.Equal(9, pod.Gauges["memory"]);
        Assert.Equal(new BadOfAll(0, 10), pod.Restarts);
    }

    [Fact]
    public void Pod_without_request_metrics_has_no_requests_and_not_zero()
    {
        var pod = Grown("a_total 1\n", "a_total 2\n", "a_total 3\n");
        Assert.Equal((null, null, null), (pod.Requests, pod.Errors, pod.ClientErrors));
        Assert.True(pod.Buckets.IsEmpty && pod.Classes.IsEmpty);
        Assert.True(pod.Histograms.IsEmpty && pod.Gauges.IsEmpty);
        Assert.Equal(default, pod.Ratios["lost"]);
    }

    [Fact]
    public void Pod_of_which_nothing_was_observed_is_not_in_the_interval()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        foreach (var seconds in new[] { 0, 10 })
        {
            PodScrape[] latecomer = seconds == 0 ? [] : [Scraped("new", "")];
            state = CanaryAnalysis.Advance(state, new ScrapeRound(
                FakeRollout.Start.AddSeconds(seconds), 0, [Scraped("c", Text(1 + seconds, 1, 1)), .. latecomer]));
        }

        Assert.Equal(["c"], state.LatestInterval!.Canary.Select(pod => pod.Pod));
    }

    [Fact]
    public void Pod_that_came_late_has_its_readings_and_no_increases()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        foreach (var seconds in new[] { 0, 10 })
        {
            PodScrape[] latecomer = seconds == 0 ? [] : [Scraped("new", Text(50, 1, 7))];
            state = CanaryAnalysis.Advance(state, new ScrapeRound(
                FakeRollout.Start.AddSeconds(seconds), 0, [Scraped("c", Text(10 + seconds, 1, 1)), .. latecomer]));
        }

        var pod = state.LatestInterval!.Canary[1];
        Assert.Equal(("new", null, 7.0), (pod.Pod, pod.Requests, pod.Gauges["memory"]));
        Assert.True(pod.Buckets.IsEmpty && pod.Classes.IsEmpty && pod.Ratios.IsEmpty && pod.Histograms.IsEmpty);
        Assert.Equal(["memory"], pod.Gauges.Keys);
        Assert.Equal(Make.Numbers(.1), state.LatestInterval.BucketBounds);
    }

    [Fact]
    public void Reading_of_a_gauge_stands_when_the_next_scrape_fails()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        foreach (var seconds in new[] { 0, 5, 10 })
        {
            var scrape = Scraped("c", Text(10 + seconds, 1, seconds));
            state = CanaryAnalysis.Advance(state, new ScrapeRound(FakeRollout.Start.AddSeconds(seconds), 0,
                [seconds < 10 ? scrape : scrape with { Metrics = new MetricsScrape.Failed("Timeout", "") }]));
        }

        Assert.Equal((5.0, 5.0), (state.LatestInterval!.Canary[0].Gauges["memory"],
            state.LatestInterval.Canary[0].Requests));
    }

    [Fact]
    public void Pod_that_became_ready_again_begins_with_a_new_base()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        foreach (var seconds in new[] { 0, 5, 10 })
        {
            var scrape = Scraped("c", Text(10 * seconds, 0, 1));
            state = CanaryAnalysis.Advance(state, new ScrapeRound(FakeRollout.Start.AddSeconds(seconds), 0,
                [seconds < 10 ? scrape : scrape with { ReadyAt = FakeRollout.Start.AddSeconds(7) }]));
        }

        Assert.Equal(50, state.LatestInterval!.Canary[0].Requests);
    }

    [Fact]
    public void Family_that_one_scrape_lacks_keeps_its_values_beside_those_that_it_has()
    {
        var pod = Grown(Text(10, 1, 1), "# TYPE sent_total counter\nsent_total 12\n", Text(15, 3, 1));
        Assert.Equal(new BadOfAll(2, 5), pod.Ratios["lost"]);
        Assert.Equal((5.0, 2.0), (pod.Requests, pod.Errors));
        Assert.Equal(Make.Numbers(2, 3), pod.Classes);
    }

    [Fact]
    public void Pod_that_changes_its_framework_is_counted_by_the_new_one()
    {
        const string other = """
            # TYPE http_requests_received_total counter
            http_requests_received_total{{code="200",method="GET",controller="a",action="b"}} {0}

            """;
        string Received(int count) => string.Format(System.Globalization.CultureInfo.InvariantCulture, other, count);
        var pod = Grown(Text(10, 0, 1), Received(100), Received(130));
        Assert.Equal(130, pod.Requests);
    }

    [Fact]
    public void Memory_is_the_first_known_gauge_and_one_that_is_no_number_is_none()
    {
        const string two = """
            # TYPE jvm_memory_used_bytes gauge
            jvm_memory_used_bytes{area="heap"} 5
            # TYPE process_resident_memory_bytes gauge
            process_resident_memory_bytes 9

            """;
        Assert.Equal(9, Grown(two, two, two).Gauges["memory"]);
        var lost = two.Replace("bytes 9", "bytes NaN", StringComparison.Ordinal);
        Assert.Equal(5, Grown(lost, lost, lost).Gauges["memory"]);
    }

    private static string Text(int served, int bad, int memory) => $$$"""
        # TYPE http_server_request_duration_seconds histogram
        http_server_request_duration_seconds_bucket{http_response_status_code="200",le="0.1"} {{{served - bad}}}
        http_server_request_duration_seconds_bucket{http_response_status_code="200",le="+Inf"} {{{served - bad}}}
        http_server_request_duration_seconds_count{http_response_status_code="200"} {{{served - bad}}}
        http_server_request_duration_seconds_bucket{http_response_status_code="500",le="0.1"} 0
        http_server_request_duration_seconds_bucket{http_response_status_code="500",le="+Inf"} {{{bad}}}
        http_server_request_duration_seconds_count{http_response_status_code="500"} {{{bad}}}
        # TYPE query_seconds histogram
        query_seconds_bucket{le="1"} {{{served - bad}}}
        query_seconds_bucket{le="+Inf"} {{{served}}}
        query_seconds_count {{{served}}}
        # TYPE lost_total counter
        lost_total {{{bad}}}
        # TYPE sent_total counter
        sent_total {{{served}}}
        # TYPE votes_total counter
        votes_total{party="a"} {{{bad}}}
        votes_total{party="b"} {{{served - bad}}}
        # TYPE process_resident_memory_bytes gauge
        process_resident_memory_bytes {{{memory}}}

        """;

    private static PodIncrease Grown(params string[] texts)
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        for (var i = 0; i < texts.Length; i++)
        {
            state = CanaryAnalysis.Advance(
                state, new ScrapeRound(FakeRollout.Start.AddSeconds(5 * i), 0, [Scraped("c", texts[i])]));
        }

        return Assert.Single(state.LatestInterval!.Canary);
    }

    private static PodScrape Scraped(string pod, string text) => new()
    {
        Pod = pod,
        Arm = Arm.Canary,
        ReadyAt = FakeRollout.Start.AddHours(-1),
        Health = HealthProbe.Unknown,
        Metrics = new MetricsScrape.Answered(Assert.IsType<ExpositionResult.Read>(
            ExpositionReader.Read(Encoding.UTF8.GetBytes(text), null)).Families),
    };
}

using System.Text;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Observation;

/// <summary>From the text of two scrapes to what a pod added in between.</summary>
public sealed class ScrapeRules
{
    private static readonly AnalysisSpec Spec = new()
    {
        WarmUp = TimeSpan.Zero,
        Metrics =
        [
            .. MetricSpec.Defaults,
            new MetricSpec
            {
                Name = "refused",
                Kind = MetricKind.Ratio,
                Source = new MetricSource.Ratio(
                    new("orders_total", [new("result", ["refused", "lost*"])]), new("orders_total", [])),
            },
            new MetricSpec
            {
                Name = "query", Kind = MetricKind.Latency, Source = new MetricSource.Histogram("db_query_seconds"),
            },
            new MetricSpec
            {
                Name = "answers", Kind = MetricKind.Classes,
                    Source = new MetricSource.Classes("predictions_total", "class"),
            },
            new MetricSpec { Name = "queue", Kind = MetricKind.Gauge, Source = new MetricSource.Gauge("queue_length") },
            MetricSpec.Named("memory")!,
        ],
    };

    [Fact]
    public void Metrics_of_ones_own_are_read_from_any_counter_histogram_label_and_gauge()
    {
        var pod = Grown(
            """
            # TYPE orders_total counter
            orders_total{result="ok"} 100
            orders_total{result="refused"} 5
            # TYPE db_query_seconds histogram
            db_query_seconds_bucket{le="0.1"} 10
            db_query_seconds_bucket{le="1"} 12
            db_query_seconds_bucket{le="+Inf"} 12
            db_query_seconds_count 12
            # TYPE predictions_total counter
            predictions_total{class="cat"} 7
            predictions_total 9
            # TYPE queue_length gauge
            queue_length{shard="a"} 3
            # TYPE process_resident_memory_bytes gauge
            process_resident_memory_bytes 5000
            """,
            """
            # TYPE orders_total counter
            orders_total{result="ok"} 150
            orders_total{result="refused"} 8
            orders_total{result="lost-in-post"} 2
            orders_total{result="unlost"} 1
            # TYPE db_query_seconds histogram
            db_query_seconds_bucket{le="0.1"} 14
            db_query_seconds_bucket{le="1"} 18
            db_query_seconds_bucket{le="+Inf"} 19
            db_query_seconds_count 19
            # TYPE predictions_total counter
            predictions_total{class="cat"} 9
            predictions_total{class="dog"} 4
            predictions_total 30
            # TYPE queue_length gauge
            queue_length{shard="a"} 4
            queue_length{shard="b"} 2.5
            # TYPE process_resident_memory_bytes gauge
            process_resident_memory_bytes 6000
            """);
        Assert.Equal(new BadOfAll(5, 56), pod.Ratios["refused"]);
        Assert.Equal(Make.Numbers(4, 6, 7), pod.Histograms["query"]);
        Assert.Equal(Make.Numbers(2, 4), pod.Classes);
        Assert.Equal((6.5, 6000), (pod.Gauges["queue"], pod.Gauges["memory"]));
        Assert.Equal(1L << 20, pod.MemoryLimitBytes);
        Assert.Null(pod.Requests);
        Assert.Equal(new BadOfAll(0, 2), pod.Health);
        Assert.Equal(new BadOfAll(0, 10), pod.Restarts);
    }

    [Fact]
    public void Requests_are_told_apart_by_status_and_routes_of_probes_do_not_count()
    {
        var pod = Grown(
            Served(("200", "/items", 10, 9), ("500", "/items", 1, 1), ("200", "/metrics", 50, 50), ("404", "/x", 0, 0)),
            Served(("200", "/items", 40, 34), ("500", "/items", 5, 3), ("200", "/metrics", 90, 90), ("404", "/x", 3, 3),
                ("503", "/health/live", 8, 8)));
        Assert.Equal((37.0, 4.0, 3.0), (pod.Requests, pod.Errors, pod.ClientErrors));
        Assert.Equal(Make.Numbers(30, 37), pod.Buckets);
    }

    [Fact]
    public void Counter_that_falls_was_reset_and_the_others_were_not()
    {
        var pod = Grown(
            Served(("200", "/items", 1000, 1000), ("500", "/items", 20, 20)),
            Served(("200", "/items", 1030, 1030), ("500", "/items", 3, 3)));
        Assert.Equal((33.0, 3.0), (pod.Requests, pod.Errors));
    }

    [Fact]
    public void Buckets_never_fall_even_if_a_reset_came_between_two_of_them()
    {
        var pod = Grown(Served(("200", "/items", 1000, 990)), Served(("200", "/items", 1010, 30)));
        Assert.Equal(Make.Numbers(30, 30), pod.Buckets);
    }

    [Fact]
    public void Bounds_that_not_every_pod_has_are_left_out()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        for (var i = 0; i < 3; i++)
        {
            state = CanaryAnalysis.Advance(state, new ScrapeRound(FakeRollout.Start.AddSeconds(5 * i), 0,
            [
                Scraped("c", Arm.Canary, Histogram(i, "0.1", "0.5")),
                    Scraped("s", Arm.Stable, Histogram(i, "0.5", "1")),
            ]));
        }

        var interval = state.LatestInterval!;
        Assert.Equal(Make.Numbers(.5), interval.BucketBounds);
        Assert.Equal(Make.Numbers(20, 60), interval.Canary[0].Buckets);
        Assert.Equal(Make.Numbers(20, 60), interval.Stable[0].Buckets);
    }

    [Fact]
    public void Pod_without_request_metrics_takes_no_bounds_from_the_others()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        for (var i = 0; i < 3; i++)
        {
            state = CanaryAnalysis.Advance(state, new ScrapeRound(FakeRollout.Start.AddSeconds(5 * i), 0,
            [
                Scraped("c", Arm.Canary, Histogram(i, "0.1", "0.5")),
                Scraped("s", Arm.Stable, "# TYPE up gauge\nup 1"),
            ]));
        }

        Assert.Equal(Make.Numbers(.1, .5), state.LatestInterval!.BucketBounds);
        Assert.Equal(Make.Numbers(20, 20, 60), state.LatestInterval.Canary[0].Buckets);
    }

    [Fact]
    public void Pods_without_a_bound_in_common_have_no_buckets_but_their_requests()
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        for (var i = 0; i < 3; i++)
        {
            state = CanaryAnalysis.Advance(state, new ScrapeRound(FakeRollout.Start.AddSeconds(5 * i), 0,
            [
                Scraped("c", Arm.Canary, Histogram(i, "0.1", "0.5")), Scraped("s", Arm.Stable, Histogram(i, "1", "2")),
            ]));
        }

        Assert.True(state.LatestInterval!.BucketBounds.IsEmpty);
        Assert.True(state.LatestInterval.Canary[0].Buckets.IsEmpty);
        Assert.Equal(60, state.LatestInterval.Canary[0].Requests);
    }

    [Theory]
    [InlineData("# TYPE orders counter\n", "# TYPE predictions counter\n", "# TYPE db_query_seconds histogram\n")]
    [InlineData("", "", "")]
    public void Metrics_of_ones_own_are_read_whatever_the_text_says_of_their_types(
        string orders, string predictions, string query)
    {
        string Text(int count) => $$"""
            {{orders}}orders_total{result="refused"} {{count}}
            {{predictions}}predictions_total{class="cat"} {{count}}
            {{query}}db_query_seconds_bucket{le="0.1"} {{count}}
            db_query_seconds_bucket{le="+Inf"} {{count}}
            db_query_seconds_slow_bucket{le="+Inf"} 77
            db_query_seconds_count {{count}}
            """;
        var pod = Grown(Text(5), Text(8));
        Assert.Equal(new BadOfAll(3, 3), pod.Ratios["refused"]);
        Assert.Equal(Make.Numbers(3), pod.Classes);
        Assert.Equal(Make.Numbers(3, 3), pod.Histograms["query"]);
    }

    private static string Histogram(int round, params string[] bounds) => $$"""
        # TYPE http_server_request_duration_seconds histogram
        http_server_request_duration_seconds_bucket{http_response_status_code="200",le="{{bounds[0]}}"} {{10 * round}}
        http_server_request_duration_seconds_bucket{http_response_status_code="200",le="{{bounds[1]}}"} {{10 * round}}
        http_server_request_duration_seconds_bucket{http_response_status_code="200",le="+Inf"} {{30 * round}}
        http_server_request_duration_seconds_count{http_response_status_code="200"} {{30 * round}}
        """;

    private static string Served(params (string Status, string Route, int All, int Fast)[] series) =>
        string.Join('\n', series.Select(one =>
        {
            const string Name = "http_server_request_duration_seconds";
            var labels = $"http_response_status_code=\"{one.Status}\",http_route=\"{one.Route}\"";
            return $$$"""
                {{{Name}}}_bucket{{{{labels}}},le="0.1"} {{{one.Fast}}}
                {{{Name}}}_bucket{{{{labels}}},le="+Inf"} {{{one.All}}}
                {{{Name}}}_count{{{{labels}}}} {{{one.All}}}
                """;
        }).Prepend("# TYPE http_server_request_duration_seconds histogram"));

    private static PodIncrease Grown(string before, string after)
    {
        var state = CanaryAnalysis.Start(Spec, FakeRollout.Start);
        foreach (var (seconds, text) in new[] { (0, before), (5, before), (10, after) })
        {
            state = CanaryAnalysis.Advance(state, new ScrapeRound(
                FakeRollout.Start.AddSeconds(seconds), 0, [Scraped("c", Arm.Canary, text)]));
        }

        return Assert.Single(state.LatestInterval!.Canary);
    }

    private static PodScrape Scraped(string pod, Arm arm, string text) => new()
    {
        Pod = pod,
        Arm = arm,
        ReadyAt = FakeRollout.Start.AddHours(-1),
        MemoryLimitBytes = 1 << 20,
        Health = HealthProbe.Pass,
        Metrics = new MetricsScrape.Answered(Assert.IsType<ExpositionResult.Read>(
            ExpositionReader.Read(Encoding.UTF8.GetBytes(text + "\n"), null)).Families),
    };
}

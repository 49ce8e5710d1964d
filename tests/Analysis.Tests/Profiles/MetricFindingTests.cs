using System.Text;

using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Profiles;

public sealed class MetricFindingTests
{
    private const string Body =
        """
        # TYPE shop_http_request_duration_seconds histogram
        shop_http_request_duration_seconds_bucket{code="200",le="0.1"} 900
        shop_http_request_duration_seconds_bucket{code="200",le="0.5"} 1000
        shop_http_request_duration_seconds_bucket{code="200",le="+Inf"} 1000
        shop_http_request_duration_seconds_sum{code="200"} 30
        shop_http_request_duration_seconds_count{code="200"} 1000
        shop_http_request_duration_seconds_count{code="404"} 20
        shop_http_request_duration_seconds_count{code="500"} 10
        shop_http_request_duration_seconds_count{code="odd"} 3
        process_resident_memory_bytes 1e6
        orders_total{state="lost"} 2
        # TYPE payment_seconds histogram
        payment_seconds_bucket{le="+Inf"} 5
        payment_seconds_sum 1
        payment_seconds_count 5

        """;

    private const string Count = "shop_http_request_duration_seconds_count by code";

    [Theory]
    [InlineData("errors", true, Count + ": 10 server errors in 1,033 requests so far; not understood: \"odd\"")]
    [InlineData("clientErrors", true, Count + ": 20 client errors in 1,033 requests so far; not understood: \"odd\"")]
    [InlineData("lat_p99", true, "shop_http_request_duration_seconds_bucket: 2 boundaries, 0.1 to 0.5 s")]
    [InlineData("health", null, "the pod's health endpoint")]
    [InlineData("restarts", null, "the pod's status")]
    [InlineData("memory", true, "process_resident_memory_bytes")]
    [InlineData("classes", false, "the spec names no source")]
    public void What_a_metric_reads_is_told_in_words(string metric, bool? isFound, string words) =>
        Assert.Equal(new MetricFinding(metric, isFound, words), Finding(MetricSpec.Named(metric)!, Body));

    [Theory]
    [InlineData("errors")]
    [InlineData("clientErrors")]
    [InlineData("lat_p50")]
    public void Without_a_profile_nothing_is_read_of_requests(string metric) => Assert.Equal(
        new MetricFinding(metric, false, "no profile, so no requests"),
        Finding(MetricSpec.Named(metric)!, "process_resident_memory_bytes 1e6\n"));

    [Fact]
    public void Where_only_some_series_are_the_pods_own_traffic_it_says_which() => Assert.Equal(
        new MetricFinding(
            "errors",
            true,
            "istio_requests_total where reporter is destination, by grpc_response_status, then response_code: "
                + "0 server errors in 5 requests so far"),
        Finding(
            MetricSpec.Named("errors")!,
            "istio_requests_total{reporter=\"source\",response_code=\"200\"} 7\n"
                + "istio_requests_total{reporter=\"destination\",response_code=\"200\"} 5\n"));

    [Fact]
    public void A_gauge_that_no_pod_exports_names_all_that_it_looked_for()
    {
        var finding = Finding(MetricSpec.Named("memory")!, "up 1\n");

        Assert.False(finding.IsFound);
        Assert.StartsWith("none of process_resident_memory_bytes, ", finding.Words, StringComparison.Ordinal);
        Assert.EndsWith(" is exported", finding.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_of_ones_own_is_found_by_the_sample_that_it_counts()
    {
        var (lost, all) = (new SeriesSelector("orders_lost_total", []), new SeriesSelector("orders_total", []));

        AssertOwn(new MetricSource.Ratio(lost, all), true, "orders_lost_total over orders_total");
        AssertOwn(new MetricSource.Ratio(all, lost), false, "orders_total over orders_lost_total");
        AssertOwn(new MetricSource.Histogram("payment_seconds"), true, "payment_seconds_bucket");
        AssertOwn(new MetricSource.Histogram("orders"), false, "orders_bucket");
        AssertOwn(new MetricSource.Classes("orders_total", "state"), true, "orders_total by state");
        AssertOwn(new MetricSource.Classes("parcels_total", "state"), false, "parcels_total by state");
        AssertOwn(new MetricSource.Gauge("queue_length"), false, "none of queue_length is exported");
    }

    private static void AssertOwn(MetricSource source, bool isFound, string words) => Assert.Equal(
        new MetricFinding("own", isFound, words),
        Finding(new MetricSpec { Name = "own", Kind = MetricKind.Ratio, Source = source }, Body));

    private static MetricFinding Finding(MetricSpec metric, string body)
    {
        var families =
            Assert.IsType<ExpositionResult.Read>(ExpositionReader.Read(Encoding.UTF8.GetBytes(body))).Families;
        var profile = ProfileDetection.Explain(families, null).Picked;
        return Assert.Single(MetricFinding.Of(families, profile, new AnalysisSpec { Metrics = [metric] }));
    }
}

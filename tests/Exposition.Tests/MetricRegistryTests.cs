using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using Rollouts.Exposition.Metrics;

namespace Rollouts.Exposition.Tests;

public sealed class MetricRegistryTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly MetricRegistry _registry;

    public MetricRegistryTests() => _registry = Registry();

    [Fact]
    public void A_histogram_with_advice_has_the_otel_name_the_unit_and_cumulative_buckets()
    {
        var duration = _meter.CreateHistogram<double>(
            "http.server.request.duration",
            "s",
            "Duration of HTTP server requests.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        duration.Record(0.5, new("http.route", "/a"), new("http.response.status_code", 200));
        duration.Record(0.75, new("http.route", "/a"), new("http.response.status_code", 200));
        duration.Record(9, new("http.response.status_code", 200), new("http.route", "/a"));

        Assert.Equal(
            """
            # HELP http_server_request_duration_seconds Duration of HTTP server requests.
            # TYPE http_server_request_duration_seconds histogram
            http_server_request_duration_seconds_bucket{http_response_status_code="200",http_route="/a",le="0.5"} 1
            http_server_request_duration_seconds_bucket{http_response_status_code="200",http_route="/a",le="1"} 2
            http_server_request_duration_seconds_bucket{http_response_status_code="200",http_route="/a",le="+Inf"} 3
            http_server_request_duration_seconds_sum{http_response_status_code="200",http_route="/a"} 10.25
            http_server_request_duration_seconds_count{http_response_status_code="200",http_route="/a"} 3

            """,
            Written());
        Assert.Contains(",le=\"1.0\"} 2\n", Written(openMetrics: true), StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", Written(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_counter_ends_in_total_in_both_formats_and_its_family_only_in_the_text_format()
    {
        _meter
            .CreateCounter<long>("items.served", "{item}", "Items.")
            .Add(3, new KeyValuePair<string, object?>("a\"b", "c\\\n"));

        Assert.Equal(
            "# HELP items_served_total Items.\n# TYPE items_served_total counter\n"
            + "items_served_total{a_b=\"c\\\\\\n\"} 3\n",
            Written());
        Assert.Equal(
            "# HELP items_served Items.\n# TYPE items_served counter\nitems_served_total{a_b=\"c\\\\\\n\"} 3\n# EOF\n",
            Written(openMetrics: true));
    }

    [Theory]
    [InlineData("process.cpu", "s", "process_cpu_seconds_total")]
    [InlineData("requests_total", null, "requests_total")]
    [InlineData("io", "By", "io_bytes_total")]
    [InlineData("io_bytes", "By", "io_bytes_total")]
    [InlineData("rate", "By/s", "rate_bytes_per_second_total")]
    [InlineData("jobs", "{job}", "jobs_total")]
    [InlineData("share", "1", "share_total")]
    [InlineData("9lives", "", "_9lives_total")]
    [InlineData("a.-.b", "", "a_b_total")]
    [InlineData("odd", "furlong", "odd_furlong_total")]
    public void Counter_names_carry_unit_and_total_once(string instrument, string? unit, string name)
    {
        _meter.CreateCounter<long>(instrument, unit).Add(1);

        Assert.Contains($"\n{name} 1\n", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ratio_gauge_says_so_and_every_family_has_help()
    {
        _meter.CreateGauge<double>("load", "1").Record(0.25);

        Assert.Equal(
            "# HELP load_ratio Instrument load of meter test.\n# TYPE load_ratio gauge\nload_ratio 0.25\n", Written());
    }

    [Fact]
    public void Up_down_counters_go_down_and_gauges_keep_the_last_value()
    {
        var active = _meter.CreateUpDownCounter<int>("active");
        active.Add(5);
        active.Add(-2);
        var level = _meter.CreateGauge<long>("level");
        level.Record(7);
        level.Record(4);

        Assert.Contains("\nactive 3\n", Written(), StringComparison.Ordinal);
        Assert.Contains("\nlevel 4\n", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observed_series_are_read_at_each_write_and_vanish_when_no_longer_observed()
    {
        var present = new List<string> { "a", "b" };
        _meter.CreateObservableGauge(
            "verdict",
            () => present.Select(name => new Measurement<int>(1, new KeyValuePair<string, object?>("rollout", name))));
        _meter.CreateObservableCounter("seen", () => present.Count * 10L);

        Assert.Contains("verdict{rollout=\"a\"} 1\nverdict{rollout=\"b\"} 1\n", Written(), StringComparison.Ordinal);
        present.Remove("a");

        var second = Written();
        Assert.DoesNotContain("rollout=\"a\"", second, StringComparison.Ordinal);
        Assert.Contains("verdict{rollout=\"b\"} 1\n", second, StringComparison.Ordinal);
        Assert.Contains("seen_total 10\n", second, StringComparison.Ordinal);
    }

    [Fact]
    public void A_series_can_stand_at_zero_before_its_first_measurement()
    {
        var counter = _meter.CreateCounter<long>("errors");
        var seconds = _meter.CreateHistogram<double>("work", "s");
        _registry.Initialize(counter, new KeyValuePair<string, object?>("reason", "timeout"));
        _registry.Initialize(seconds);

        Assert.Contains("errors_total{reason=\"timeout\"} 0\n", Written(), StringComparison.Ordinal);
        Assert.Contains("work_seconds_bucket{le=\"0.005\"} 0\n", Written(), StringComparison.Ordinal);
        Assert.Contains("work_seconds_count 0\n", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_beyond_the_limit_share_one_overflow_series()
    {
        using var registry = Registry(seriesLimit: 2);
        var counter = _meter.CreateCounter<long>("hits");
        for (var i = 0; i < 10; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("user", i));
        }

        Assert.Equal(
            """
            # HELP hits_total Instrument hits of meter test.
            # TYPE hits_total counter
            hits_total{user="0"} 1
            hits_total{user="1"} 1
            hits_total{otel_metric_overflow="true"} 8

            """,
            Written(registry: registry));
    }

    [Fact]
    public void Reset_puts_counters_and_histograms_at_zero_and_leaves_gauges()
    {
        _meter.CreateCounter<long>("c").Add(2);
        _meter.CreateHistogram<long>("h").Record(2);
        _meter.CreateGauge<long>("g").Record(2);

        _registry.Reset();

        var written = Written();
        Assert.Contains("\nc_total 0\n", written, StringComparison.Ordinal);
        Assert.Contains("\nh_count 0\n", written, StringComparison.Ordinal);
        Assert.Contains("\ng 2\n", written, StringComparison.Ordinal);
    }

    [Fact]
    public void An_instrument_whose_name_is_taken_by_another_type_is_rejected_by_name()
    {
        _meter.CreateGauge<long>("x_total").Record(1);
        _meter.CreateCounter<long>("x").Add(5);

        Assert.Equal(["test/x"], _registry.Rejected);
        Assert.Contains("\nx_total 1\n", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public void Meters_that_were_not_named_are_not_heard()
    {
        using var registry = new MetricRegistry("other name");
        _meter.CreateCounter<long>("c").Add(2);

        Assert.Equal("", Written(registry: registry));
    }

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        _meter.CreateHistogram<double>("h", "s").Record(0.3, new KeyValuePair<string, object?>("path", "é\"\\\n"));
        _meter.CreateCounter<double>("c").Add(double.MaxValue);
        foreach (var contentType in new[] { ExpositionWriter.TextContentType, ExpositionWriter.OpenMetricsContentType })
        {
            var isOpenMetrics = ExpositionWriter.Accepts(contentType);
            var written = Written(isOpenMetrics);
            var read = Assert.IsType<ExpositionResult.Read>(
                ExpositionReader.Read(Encoding.UTF8.GetBytes(written), contentType));
            var again = new ArrayBufferWriter<byte>();
            var writer = new ExpositionWriter(again, isOpenMetrics);
            foreach (var family in read.Families)
            {
                writer.Family(family.Name, family.Type, family.Help);
                foreach (var sample in family.Samples)
                {
                    writer.Sample(sample);
                }
            }

            writer.End();
            Assert.Equal(written, Encoding.UTF8.GetString(again.WrittenSpan));
        }
    }

    [Fact]
    public void Measuring_a_known_series_allocates_nothing()
    {
        var counter = _meter.CreateCounter<long>("c");
        counter.Add(1, new("a", "x"), new KeyValuePair<string, object?>("b", "y"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            counter.Add(1, new("a", "x"), new KeyValuePair<string, object?>("b", "y"));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose()
    {
        _registry.Dispose();
        _meter.Dispose();
    }

    // Tests run beside each other in one process: hear this test's meter only.
    private MetricRegistry Registry(int seriesLimit = MetricRegistry.DefaultSeriesLimit) =>
        new(instrument => ReferenceEquals(instrument.Meter, _meter), seriesLimit);

    private string Written(bool openMetrics = false, MetricRegistry? registry = null)
    {
        var output = new ArrayBufferWriter<byte>();
        (registry ?? _registry).Write(output, openMetrics);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

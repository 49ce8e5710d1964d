using System.Text;

using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Profiles;

/// <summary>Names that no row of the table knows, and that speak for themselves.</summary>
public sealed class GenericProfileTests
{
    private const string Counter =
        """
        # TYPE shop_http_requests_total counter
        shop_http_requests_total{code="200",path="/a"} 5

        """;

    private const string Milliseconds =
        """
        # TYPE shop_http_request_latency_ms histogram
        shop_http_request_latency_ms_bucket{le="100"} 4
        shop_http_request_latency_ms_bucket{le="+Inf"} 5
        shop_http_request_latency_ms_sum 300
        shop_http_request_latency_ms_count 5

        """;

    private const string Unitless =
        """
        # TYPE shop_http_request_time histogram
        shop_http_request_time_bucket{status="200",le="+Inf"} 5
        shop_http_request_time_sum{status="200"} 300
        shop_http_request_time_count{status="200"} 5

        """;

    [Fact]
    public void A_counter_with_a_status_takes_the_latency_of_the_duration_beside_it_in_that_durations_unit()
    {
        var profile = Picked(Counter + Milliseconds);

        Assert.Equal("shop_http_requests_total", profile.Requests);
        Assert.Equal("code", Assert.Single(profile.Status).Name);
        Assert.Equal(["path"], profile.Routes);
        Assert.Equal("shop_http_request_latency_ms", profile.Duration);
        Assert.Equal(1000, profile.UnitsPerSecond);
    }

    [Fact]
    public void A_counter_alone_has_no_latency() => Assert.Null(Picked(Counter).Duration);

    [Fact]
    public void A_duration_without_a_unit_beside_a_counter_is_not_its_latency()
    {
        var profile = Picked(Unitless + Counter);

        Assert.Equal("shop_http_requests_total", profile.Requests);
        Assert.Null(profile.Duration);
    }

    [Fact]
    public void A_counter_in_OpenMetrics_is_found_by_its_sample_and_not_by_its_family()
    {
        var profile = Picked(
            """
            # TYPE shop_http_requests counter
            shop_http_requests_total{code="200"} 5
            # EOF

            """);

        Assert.Equal("shop_http_requests_total", profile.Requests);
    }

    [Fact]
    public void Durations_that_count_requests_by_no_status_are_named()
    {
        var report = Explain(Milliseconds);

        Assert.Null(report.Picked);
        Assert.Equal(ProfileRefusal.NoStatusLabel, report.Reason);
        Assert.Equal("shop_http_request_latency_ms_count", Assert.Single(report.Rejected).Seen);
    }

    private static RequestProfile Picked(string body)
    {
        var profile = Explain(body).Picked;
        Assert.Equal(ProfileTable.Generic, profile?.Name);
        return profile!;
    }

    private static ProfileReport Explain(string body) => ProfileDetection.Explain(
        Assert.IsType<ExpositionResult.Read>(ExpositionReader.Read(Encoding.UTF8.GetBytes(body))).Families, null);
}

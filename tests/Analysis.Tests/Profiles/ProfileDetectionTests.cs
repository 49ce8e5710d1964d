using System.Collections.Immutable;
using System.Text;

using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Profiles;

public sealed class ProfileDetectionTests
{
    private const string Spring = "http_server_requests_seconds_count{status=\"200\",uri=\"/a\"} 1\n";

    private const string PrometheusNet = "http_requests_received_total{code=\"200\"} 1\n";

    [Fact]
    public void The_first_row_of_the_table_wins_and_the_other_says_so()
    {
        var report = Explain(PrometheusNet + "# TYPE http_server_requests_seconds summary\n" + Spring);

        Assert.Equal("Spring", report.Picked?.Name);
        Assert.Equal(
            new RejectedProfile("PrometheusNet", "http_requests_received_total", "Spring comes before it"),
            Assert.Single(report.Rejected));
    }

    [Fact]
    public void A_policy_picks_another_row()
    {
        var report = Explain(PrometheusNet + "# TYPE http_server_requests_seconds summary\n" + Spring, "PrometheusNet");

        Assert.Equal("PrometheusNet", report.Picked?.Name);
        Assert.Equal("the policy asks for PrometheusNet", Assert.Single(report.Rejected).Why);
    }

    [Fact]
    public void A_profile_that_the_policy_names_and_the_pod_does_not_export_is_not_replaced()
    {
        var report = Explain(PrometheusNet, "Istio");

        Assert.Null(report.Picked);
        Assert.Equal(ProfileRefusal.ProfileNotExported, report.Reason);
    }

    [Fact]
    public void Outbound_traffic_alone_is_no_profile_and_says_which_series_are_missing()
    {
        var report = Explain("istio_requests_total{reporter=\"source\",response_code=\"200\"} 5\n");

        Assert.Null(report.Picked);
        Assert.Equal(ProfileRefusal.NoRequestMetric, report.Reason);
        Assert.StartsWith(
            "no series has reporter in destination", Assert.Single(report.Rejected).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("go_goroutines 5\n", "NoRequestMetric")]
    [InlineData("promhttp_metric_handler_requests_total{code=\"200\"} 5\n", "NoRequestMetric")]
    [InlineData("http_client_requests_total{code=\"200\"} 5\n", "NoRequestMetric")]
    [InlineData("http_requests_total 5\n", "NoStatusLabel")]
    [InlineData("", "NoRequestMetric")]
    public void What_counts_no_requests_by_status_is_no_profile(string body, string reason)
    {
        var report = Explain(body);

        Assert.Null(report.Picked);
        Assert.Equal(reason, report.Reason);
    }

    [Theory]
    [InlineData("200", Outcome.Success)]
    [InlineData("302", Outcome.Success)]
    [InlineData("404", Outcome.ClientError)]
    [InlineData("499", Outcome.ClientError)]
    [InlineData("500", Outcome.ServerError)]
    [InlineData("599", Outcome.ServerError)]
    [InlineData("600", Outcome.Unknown)]
    [InlineData("0", Outcome.Unknown)]
    [InlineData("2xx", Outcome.Success)]
    [InlineData("4XX", Outcome.ClientError)]
    [InlineData("5xx", Outcome.ServerError)]
    [InlineData("9xx", Outcome.Unknown)]
    [InlineData("4", Outcome.ClientError)]
    [InlineData("5", Outcome.ServerError)]
    [InlineData("SERVER_ERROR", Outcome.ServerError)]
    [InlineData("CLIENT_ERROR", Outcome.ClientError)]
    [InlineData("SUCCESS", Outcome.Success)]
    [InlineData("success", Outcome.Success)]
    [InlineData("failure", Outcome.ServerError)]
    [InlineData("UNKNOWN", Outcome.Unknown)]
    [InlineData("", Outcome.Unknown)]
    [InlineData(null, Outcome.Unknown)]
    public void A_status_of_http_is_read(string? value, Outcome expected) =>
        Assert.Equal(expected, OutcomeLabel.Read(value, StatusWords.Http));

    /// <summary>grpc/grpc doc/statuscodes.md: names as Go, Java and the wire spell them, and numbers.</summary>
    [Theory]
    [InlineData("OK", "0", Outcome.Success)]
    [InlineData("Canceled", "1", Outcome.ClientError)]
    [InlineData("Unknown", "2", Outcome.ServerError)]
    [InlineData("INVALID_ARGUMENT", "3", Outcome.ClientError)]
    [InlineData("DeadlineExceeded", "4", Outcome.ServerError)]
    [InlineData("NotFound", "5", Outcome.ClientError)]
    [InlineData("ALREADY_EXISTS", "6", Outcome.ClientError)]
    [InlineData("PermissionDenied", "7", Outcome.ClientError)]
    [InlineData("RESOURCE_EXHAUSTED", "8", Outcome.ClientError)]
    [InlineData("FailedPrecondition", "9", Outcome.ClientError)]
    [InlineData("ABORTED", "10", Outcome.ClientError)]
    [InlineData("OutOfRange", "11", Outcome.ClientError)]
    [InlineData("Unimplemented", "12", Outcome.ServerError)]
    [InlineData("INTERNAL", "13", Outcome.ServerError)]
    [InlineData("Unavailable", "14", Outcome.ServerError)]
    [InlineData("DATA_LOSS", "15", Outcome.ServerError)]
    [InlineData("Unauthenticated", "16", Outcome.ClientError)]
    [InlineData("CANCELLED", "1", Outcome.ClientError)]
    [InlineData("Nonsense", "17", Outcome.Unknown)]
    public void A_status_of_gRPC_is_read_by_name_and_by_number(string name, string number, Outcome expected)
    {
        Assert.Equal(expected, OutcomeLabel.Read(name, StatusWords.Grpc));
        Assert.Equal(expected, OutcomeLabel.Read(number, StatusWords.Grpc));
    }

    private static ProfileReport Explain(string body, string? wanted = null) =>
        ProfileDetection.Explain(Families(body), wanted);

    private static ImmutableArray<MetricFamily> Families(string body) =>
        Assert.IsType<ExpositionResult.Read>(ExpositionReader.Read(Encoding.UTF8.GetBytes(body))).Families;
}

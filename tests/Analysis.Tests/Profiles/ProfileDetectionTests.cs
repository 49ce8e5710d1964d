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

    [Fact]
    public void A_family_without_the_labels_of_a_row_says_which_it_lacks()
    {
        var report = Explain("# TYPE http_requests_total counter\nhttp_requests_total{handler=\"/a\"} 5\n");

        Assert.Null(report.Picked);
        Assert.Equal(
            [
                ("FastApi", "its series lack a label of handler, status"),
                ("Promhttp", "its series lack a label of method, code"),
                ("Generic", "NoStatusLabel: no label tells how a request ended"),
            ],
            report.Rejected.Select(row => (row.Name, row.Why)));
    }

    [Fact]
    public void Rows_of_the_same_family_that_do_not_fit_are_not_told_once_one_does()
    {
        var report = Explain(
            "# TYPE http_request_duration_seconds histogram\n"
            + "http_request_duration_seconds_count{status=\"200\",path=\"/a\"} 5\n"
            + "# TYPE http_requests_received_total counter\nhttp_requests_received_total{method=\"GET\"} 5\n");

        Assert.Equal("Podinfo", report.Picked?.Name);
        Assert.Equal("PrometheusNet", Assert.Single(report.Rejected).Name);
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

    private static ProfileReport Explain(string body, string? wanted = null) =>
        ProfileDetection.Explain(Families(body), wanted);

    private static ImmutableArray<MetricFamily> Families(string body) =>
        Assert.IsType<ExpositionResult.Read>(ExpositionReader.Read(Encoding.UTF8.GetBytes(body))).Families;
}

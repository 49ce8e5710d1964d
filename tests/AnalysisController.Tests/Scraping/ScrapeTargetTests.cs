using System.Text.Json;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

public sealed class ScrapeTargetTests
{
    [Theory]
    [InlineData("{}", """[{"containerPort": 8080}]""", "http://10.0.0.7:8080/metrics")]
    [InlineData(
        "{}",
        """[{"containerPort": 1, "name": "http"}, {"containerPort": 2, "name": "metrics"}]""",
        "http://10.0.0.7:2/metrics"
    )]
    [InlineData(
        """{"prometheus.io/port": "9102", "prometheus.io/path": "/m"}""",
        """[{"containerPort": 1}]""",
        "http://10.0.0.7:9102/m"
    )]
    [InlineData(
        """{"prometheus.io/scheme": "https"}""",
        """[{"containerPort": 8443}]""",
        "https://10.0.0.7:8443/metrics"
    )]
    [InlineData(
        """{"prometheus.io/port": "admin"}""",
        """[{"containerPort": 1}, {"containerPort": 2, "name": "admin"}]""",
        "http://10.0.0.7:2/metrics"
    )]
    public void Annotations_come_first_then_a_port_by_its_name_then_the_first(
        string annotations,
        string ports,
        string expected
    ) => Assert.Equal(expected, Found(Pod(annotations, ports), ScrapeSettings.FromPod).Metrics.ToString());

    [Theory]
    [InlineData("9999", "http://10.0.0.7:9999/m")]
    [InlineData("admin", "http://10.0.0.7:2/m")]
    public void A_policy_names_the_port_by_number_or_by_name_and_wins_over_annotations(string port, string expected)
    {
        var pod = Pod(
            """{"prometheus.io/port": "9102", "prometheus.io/path": "/m"}""",
            """[{"containerPort": 1, "name": "metrics"}, {"containerPort": 2, "name": "admin"}]"""
        );

        var target = Found(pod, ScrapeSettings.FromPod with { Port = port });

        Assert.Equal(expected, target.Metrics.ToString());
        Assert.Equal("the policy's port, " + port, target.PortFrom);
    }

    [Fact]
    public void A_policy_names_scheme_and_paths()
    {
        var pod = Pod("""{"prometheus.io/scheme": "http"}""", """[{"containerPort": 8443}]""");

        var target = Found(pod, new ScrapeSettings("https", null, "/q/metrics?format=text", "q/health"));

        Assert.Equal("https://10.0.0.7:8443/q/metrics?format=text", target.Metrics.ToString());
        Assert.Equal("https://10.0.0.7:8443/q/health", target.Health.ToString());
    }

    [Fact]
    public void An_address_of_IPv6_is_put_in_brackets() =>
        Assert.Equal(
            "http://[fd00::7]:8080/metrics",
            Found(Pod("{}", """[{"containerPort": 8080}]""", "fd00::7"), ScrapeSettings.FromPod).Metrics.ToString()
        );

    [Theory]
    [InlineData("http://elsewhere/metrics")]
    [InlineData("//elsewhere/metrics")]
    [InlineData("@elsewhere/metrics")]
    public void A_path_never_leads_to_another_host(string path)
    {
        var pod = Pod("{}", """[{"containerPort": 8080}]""");

        var target = ScrapeTarget.Of(pod, ScrapeSettings.FromPod with { Path = path });

        Assert.True(target is ScrapeTarget.Missing or ScrapeTarget.Found { Metrics.Host: "10.0.0.7" });
    }

    [Theory]
    [InlineData("{}", "[]", "", "no container names a port, and there is no annotation prometheus.io/port")]
    [InlineData(
        "{}",
        """[{"containerPort": 80, "name": "web"}]""",
        "admin",
        "the policy's port is 'admin', but no container has a port of that name (they have: web)"
    )]
    [InlineData("{}", "[]", "99999", "the policy's port is 99999, wanted 1 to 65535")]
    [InlineData(
        """{"prometheus.io/port": "0"}""",
        """[{"containerPort": 8080}]""",
        "",
        "annotation prometheus.io/port is 0, wanted 1 to 65535"
    )]
    [InlineData(
        """{"prometheus.io/scheme": "ftp"}""",
        """[{"containerPort": 8080}]""",
        "",
        "scheme 'ftp' is neither http nor https"
    )]
    public void A_pod_without_target_says_what_is_missing(string annotations, string ports, string port, string message)
    {
        var settings = ScrapeSettings.FromPod with { Port = port.Length == 0 ? null : port };

        var missing = Assert.IsType<ScrapeTarget.Missing>(ScrapeTarget.Of(Pod(annotations, ports), settings));

        Assert.Equal(message, missing.Message);
    }

    [Fact]
    public void A_pod_without_address_has_no_target() =>
        Assert.Equal(
            new ScrapeTarget.Missing("the pod has no address yet"),
            ScrapeTarget.Of(Pod("{}", """[{"containerPort": 8080}]""", ""), ScrapeSettings.FromPod)
        );

    private static ScrapeTarget.Found Found(Pod pod, ScrapeSettings settings) =>
        Assert.IsType<ScrapeTarget.Found>(ScrapeTarget.Of(pod, settings));

    private static Pod Pod(string annotations, string ports, string address = "10.0.0.7") =>
        JsonSerializer.Deserialize(
            $$"""
            {"metadata": {"name": "p", "annotations": {{annotations}} },
             "spec": {"containers": [{"name": "c", "ports": {{ports}} }]},
             "status": {"podIP": "{{address}}"} }
            """,
            KubernetesJson.Default.Pod
        )!;
}

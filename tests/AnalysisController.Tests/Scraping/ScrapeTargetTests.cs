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
    [InlineData("""{"prometheus.io/port": "99999"}""", """[{"containerPort": 8080}]""", "http://10.0.0.7:8080/metrics")]
    public void Annotations_come_first_then_a_port_by_its_name_then_the_first(
        string annotations,
        string ports,
        string expected
    ) => Assert.Equal(expected, ScrapeTarget.Of(Pod(annotations, ports))!.Metrics.ToString());

    [Fact]
    public void A_path_that_leads_to_another_host_is_refused() =>
        Assert.Null(
            ScrapeTarget.Of(
                Pod("""{"prometheus.io/path": "http://elsewhere/metrics"}""", """[{"containerPort": 8080}]""")
            )
        );

    [Theory]
    [InlineData("", """[{"containerPort": 8080}]""")]
    [InlineData("10.0.0.7", "[]")]
    public void A_pod_without_address_or_port_has_no_target(string address, string ports) =>
        Assert.Null(ScrapeTarget.Of(Pod("{}", ports, address)));

    [Theory]
    [InlineData("134217728", 134217728L)]
    [InlineData("128Mi", 134217728L)]
    [InlineData("0.5Gi", 536870912L)]
    [InlineData("128M", 128000000L)]
    [InlineData("128X", null)]
    [InlineData("", null)]
    public void A_memory_quantity_is_read_in_bytes(string quantity, long? bytes) =>
        Assert.Equal(bytes, PodReading.Bytes(quantity));

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

using System.Net;
using System.Text;

using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

public sealed class HealthReadingTests
{
    private const string HealthJson = """
        {"status":"STATUS","version":"1.4","releaseId":"1.4.2","checks":{
         "postgres:responseTime":[{"componentType":"datastore","observedValue":250,"status":"fail"}]} }
        """;

    private const string Spring = """
        {"status":"STATUS","components":{"db":{"status":"DOWN","details":{"database":"PostgreSQL"} },
         "ping":{"status":"UP"} },"groups":["liveness","readiness"]}
        """;

    private const string MicroProfile = """
        {"checks":[{"name":"heap","status":"UP","data":{"max":512} },{"name":"db","status":"DOWN"}],"status":"STATUS"}
        """;

    /// <summary>
    /// health+json: draft-inadarei-api-health-check-05; Spring Boot's SimpleHttpCodeStatusMapper; MicroProfile Health
    /// 4.0; ASP.NET's HealthCheckOptions; else the status code alone.
    /// </summary>
    [Theory]
    [InlineData(200, HealthJson, "pass", HealthProbe.Pass)]
    [InlineData(200, HealthJson, "warn", HealthProbe.Pass)]
    [InlineData(503, HealthJson, "fail", HealthProbe.Fail)]
    [InlineData(200, Spring, "UP", HealthProbe.Pass)]
    [InlineData(200, Spring, "UNKNOWN", HealthProbe.Pass)]
    [InlineData(503, Spring, "DOWN", HealthProbe.Fail)]
    [InlineData(503, Spring, "OUT_OF_SERVICE", HealthProbe.Fail)]
    [InlineData(200, MicroProfile, "UP", HealthProbe.Pass)]
    [InlineData(503, MicroProfile, "DOWN", HealthProbe.Fail)]
    [InlineData(200, "STATUS", "Healthy", HealthProbe.Pass)]
    [InlineData(200, "STATUS", "Degraded", HealthProbe.Pass)]
    [InlineData(503, "STATUS", "Unhealthy", HealthProbe.Fail)]
    [InlineData(204, "", "", HealthProbe.Pass)]
    [InlineData(503, "", "", HealthProbe.Fail)]
    [InlineData(404, "", "", HealthProbe.Unknown)]
    public void Each_of_the_five_dialects_is_read_by_its_overall_status(
        int code,
        string body,
        string status,
        HealthProbe expected
    ) =>
        Assert.Equal(
            expected,
            HealthReading.Of(
                (HttpStatusCode)code,
                Encoding.UTF8.GetBytes(body.Replace("STATUS", status, StringComparison.Ordinal))
            )
        );

    [Theory]
    [InlineData(200, """{"status":"pass"}""", HealthProbe.Pass)]
    [InlineData(200, """{"status":"warn","version":"1"}""", HealthProbe.Pass)]
    [InlineData(503, """{"status":"fail"}""", HealthProbe.Fail)]
    [InlineData(200, """{"status":"UP","components":{}}""", HealthProbe.Pass)]
    [InlineData(503, """{"status":"DOWN","checks":[]}""", HealthProbe.Fail)]
    [InlineData(503, """{"status":"OUT_OF_SERVICE"}""", HealthProbe.Fail)]
    [InlineData(200, "Healthy", HealthProbe.Pass)]
    [InlineData(200, "Degraded\n", HealthProbe.Pass)]
    [InlineData(503, "Unhealthy", HealthProbe.Fail)]
    [InlineData(200, "ok", HealthProbe.Pass)]
    [InlineData(204, "", HealthProbe.Pass)]
    [InlineData(500, "", HealthProbe.Fail)]
    [InlineData(500, "<html>a page of some proxy</html>", HealthProbe.Fail)]
    [InlineData(200, "{broken", HealthProbe.Pass)]
    [InlineData(404, "", HealthProbe.Unknown)]
    [InlineData(401, "denied", HealthProbe.Unknown)]
    public void An_answer_of_any_convention_is_read(int code, string body, HealthProbe expected) =>
        Assert.Equal(expected, HealthReading.Of((HttpStatusCode)code, Encoding.UTF8.GetBytes(body)));
}

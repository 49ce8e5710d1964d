using System.Net;
using System.Text;

using Rollouts.Analysis;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

public sealed class HealthReadingTests
{
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

using System.Buffers;
using Rollouts.Exposition;
using Rollouts.Exposition.Metrics;

namespace Rollouts.AnalysisController.Endpoints;

/// <summary>Our own metrics, in the text format or in OpenMetrics, as the scraper asks.</summary>
internal static class MetricsEndpoint
{
    public static void Map(WebApplication web, MetricRegistry registry) =>
        web.MapMethods(
            "/metrics",
            ReadMethods.All,
            context =>
            {
                var openMetrics = ExpositionWriter.Accepts(context.Request.Headers.Accept);
                var body = new ArrayBufferWriter<byte>(16 * 1024);
                registry.Write(body, openMetrics);
                context.Response.ContentType = openMetrics
                    ? ExpositionWriter.OpenMetricsContentType
                    : ExpositionWriter.TextContentType;
                context.Response.ContentLength = body.WrittenCount;
                return context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
            }
        );
}

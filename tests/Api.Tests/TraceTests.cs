using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests;

public sealed class TraceTests
{
    [Fact]
    public async Task A_collector_receives_a_span_of_the_callers_trace()
    {
        var received = new TaskCompletionSource<(string Path, byte[] Body)>();
        await using var collector = await CollectorAsync(received);
        await using (var api = await ApiInstance.StartAsync(
            $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Urls.Single()}", "OTEL_SERVICE_NAME=shop"))
        {
            using var response = await api.SendAsync(
                "GET", "/api/items/3", headers: "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        }

        var (path, body) = await received.Task.WaitAsync(
            TimeSpan.FromSeconds(20),
            TestContext.Current.CancellationToken);
        Assert.Equal("/v1/traces", path);
        Assert.True(
            body.AsSpan().IndexOf(Convert.FromHexString("0af7651916cd43dd8448eb211c80319c")) >= 0,
            "the caller's trace id");
        Assert.True(body.AsSpan().IndexOf("GET /api/items/{id}"u8) >= 0, "method and route name the span");
        Assert.True(body.AsSpan().IndexOf("shop"u8) >= 0, "the service's name");
    }

    private static async Task<WebApplication> CollectorAsync(TaskCompletionSource<(string Path, byte[] Body)> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            received.TrySetResult((http.Request.Path, body.ToArray()));
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }
}

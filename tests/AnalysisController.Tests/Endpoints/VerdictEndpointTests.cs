using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Rollouts.AnalysisController.Endpoints;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Endpoints;

/// <summary>How the verdict endpoint treats who asks in another way than Argo does.</summary>
public sealed class VerdictEndpointTests : IAsyncDisposable
{
    private const string Path = "/api/v1/verdict?namespace=shop&rollout=cart";

    private readonly HttpClient _http = new();
    private WebApplication? _web;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Another_method_is_answered_with_the_methods_that_there_are(string method)
    {
        await StartAsync();

        using var answer = await SendAsync(method);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            $$"""{"error":"the method is {{method}}; want GET or HEAD"}""",
            await answer.Content.ReadAsStringAsync(Cancellation)
        );
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_the_body()
    {
        await StartAsync();

        using var get = await SendAsync("GET");
        using var head = await SendAsync("HEAD");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (get.StatusCode, head.StatusCode));
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.NotEmpty(await get.Content.ReadAsStringAsync(Cancellation));
        Assert.Empty(await head.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Who_may_not_ask_and_what_cannot_be_checked_are_told_so_in_JSON()
    {
        var file = System.IO.Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "open-sesame\n", Cancellation);
        await StartAsync(file);

        using var unknown = await SendAsync("GET");
        File.Delete(file);
        using var lost = await SendAsync("GET");

        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(
            """{"error":"a bearer token is asked for, and this is not it"}""",
            await unknown.Content.ReadAsStringAsync(Cancellation)
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        Assert.StartsWith(
            """{"error":""", await lost.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_web is not null)
        {
            await _web.StopAsync(CancellationToken.None);
            await _web.DisposeAsync();
        }
    }

    private async Task StartAsync(string? tokenFile = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _web = builder.Build();
        VerdictEndpoint.Map(_web, new VerdictLookup(new ClusterCaches(), new VirtualClock()), tokenFile);
        await _web.StartAsync(Cancellation);
        _http.BaseAddress = new Uri(
            _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
    }

    private async Task<HttpResponseMessage> SendAsync(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Path);
        return await _http.SendAsync(request, Cancellation);
    }
}

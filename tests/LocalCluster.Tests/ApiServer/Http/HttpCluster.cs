using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Http;

/// <summary>An API server on a free port and a plain HTTP client.</summary>
internal sealed class HttpCluster : IAsyncDisposable
{
    public const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    private readonly ApiServerHost _host;

    private HttpCluster(ApiServerHost host)
    {
        _host = host;
        Client = new HttpClient { BaseAddress = host.Address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Client { get; }

    public Uri Address => _host.Address;

    public ClusterObjects Objects => _host.Objects;

    public static async Task<HttpCluster> StartAsync(ApiServerOptions? options = null) =>
        new(
            await ApiServerHost.StartAsync(
                (options ?? new ApiServerOptions()) with
                {
                    CrdFolder = Cluster.CrdFolder,
                },
                TestContext.Current.CancellationToken));

    public Task<(int Code, JsonObject Body)> GetAsync(string path, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return SendAsync(request);
    }

    public Task<(int Code, JsonObject Body)> SendAsync(
        string method,
        string path,
        string body,
        string type = "application/json") => SendAsync(method, path, Encoding.UTF8.GetBytes(body), type);

    public Task<(int Code, JsonObject Body)> SendAsync(string method, string path, byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = content });
    }

    /// <summary>Reads the lines of a watch as they come.</summary>
    public async Task<WatchLines> WatchAsync(string path)
    {
        var response = await Client.GetAsync(
            path,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new WatchLines(
            new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }

    private async Task<(int Code, JsonObject Body)> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var body = JsonNode.Parse(text)!.AsObject();
        if (!response.IsSuccessStatusCode)
            Assert.Equal(("Status", (long)response.StatusCode), (body.Text("kind"), body.Whole("code")));
        return ((int)response.StatusCode, body);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Tests.ApiServer.Http;

/// <summary>A pod's own HTTP through the API server.</summary>
public sealed class PodProxyTests : IAsyncLifetime, IDisposable
{
    private readonly TcpListener _pod = new(IPAddress.Loopback, 0);
    private readonly HttpClient _http = new();
    private ApiServerHost _server = null!;
    private string _asked = "";

    private int Port => ((IPEndPoint)_pod.LocalEndpoint).Port;

    public async ValueTask InitializeAsync()
    {
        _pod.Start();
        _ = AnswerAsync();
        _server = await ApiServerHost.StartAsync(new ApiServerOptions(), TestContext.Current.CancellationToken);
        CreatePod("a", Port);
        CreatePod("refusing", 1);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _pod.Dispose();
        _http.Dispose();
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a:web")]
    [InlineData("http:a:web")]
    public async Task A_path_of_a_pod_is_answered_by_the_pod(string target)
    {
        using var answer = await GetAsync($"{target}/proxy/metrics/x?name=1");

        Assert.Equal("GET /metrics/x?name=1 HTTP/1.1", _asked);
        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("refusing/proxy/", 503, "error trying to reach service: dial tcp 127.0.0.1:1: connect: "
        + "connection refused")]
    [InlineData("nope/proxy/", 404, "pods \"nope\" not found")]
    [InlineData("a:nope/proxy/", 400, "pods \"a\" has no port named \"nope\"")]
    public async Task What_cannot_be_reached_is_a_Status_that_says_why(string path, int code, string message)
    {
        using var answer = await GetAsync(path);

        var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((code, message), ((int)answer.StatusCode, (string)status["message"]!));
    }

    private Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(
        new Uri(_server.Address, $"/api/v1/namespaces/default/pods/{path}"), TestContext.Current.CancellationToken);

    private void CreatePod(string name, int port)
    {
        _server.Objects.Create("pods", "default", Cluster.Object(string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{name}} }
            spec: {containers: [{name: api, image: x, ports: [{name: web, containerPort: {{port}} }]}]}
            """)));
        _server.Objects.MergePatch(
            "pods", "default", name, Cluster.Object("{status: {podIP: 127.0.0.1}}"), "status");
    }

    private async Task AnswerAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _pod.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                using var reader = new StreamReader(client.GetStream());
                _asked = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
                while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
                    continue;
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                    "HTTP/1.1 418 Teapot\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                    + "Connection: close\r\n\r\nhello"), TestContext.Current.CancellationToken);
            }
            catch (Exception over)
                when (over is ObjectDisposedException or SocketException or OperationCanceledException)
            {
                return;
            }
        }
    }
}

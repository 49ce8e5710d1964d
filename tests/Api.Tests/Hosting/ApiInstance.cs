using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Rollouts.Api.Faults;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Tests.Hosting;

/// <summary>One instance over its real pipeline and a real socket, in this process.</summary>
internal sealed class ApiInstance : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiInstance(WebApplication app, TaskCompletionSource<string> crash)
    {
        _app = app;
        Crash = crash.Task;
        Address = new Uri(app.Urls.Single());
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>Completes with the reason when a fault would have ended the process.</summary>
    public Task<string> Crash { get; }

    public IServiceProvider Services => _app.Services;

    public WebApplication App => _app;

    /// <summary>Starts with faults armed and a quiet log; <paramref name="settings"/> are <c>NAME=value</c>.</summary>
    public static async Task<ApiInstance> StartAsync(params string[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["APP_VERSION"] = "v1",
            ["POD_NAME"] = "sample-1",
            ["LOG_LEVEL"] = "fatal",
            ["DEMO_FAULTS_ENABLED"] = "true",
            ["DEMO_SEED"] = "7",
        };
        foreach (var setting in settings)
        {
            var at = setting.IndexOf('=', StringComparison.Ordinal);
            values[setting[..at]] = setting[(at + 1)..];
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var (options, problems) = ApiOptions.Read(configuration, TimeProvider.System.GetUtcNow());
        Assert.True(options is not null, string.Join("; ", problems));
        var crash = new TaskCompletionSource<string>();
        var app = ApiHost.Build(options, TimeProvider.System, new ProcessEnd(reason => crash.TrySetResult(reason)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ApiInstance(app, crash);
    }

    public Task<HttpResponseMessage> GetAsync(string path) =>
        Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public async Task<string> GetTextAsync(string path)
    {
        using var response = await GetAsync(path);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async Task<JsonNode> GetJsonAsync(string path) => JsonNode.Parse(await GetTextAsync(path))!;

    public async Task<HttpStatusCode> GetStatusAsync(string path)
    {
        using var response = await GetAsync(path);
        return response.StatusCode;
    }

    public async Task<HttpResponseMessage> SendAsync(
        string method,
        string path,
        string? body = null,
        string contentType = "application/json",
        params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, contentType);
        foreach (var header in headers)
        {
            var at = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..at], header[(at + 1)..].Trim());
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Switches a fault on and insists that it worked.</summary>
    public async Task SwitchOnAsync(string kind, string body = "{}")
    {
        using var response = await SendAsync("PUT", $"/demo/faults/{kind}", body);
        Assert.True(
            response.StatusCode == HttpStatusCode.OK,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// The value of a sample whose line starts with <paramref name="series"/>; null when there is none.
    /// </summary>
    public async Task<double?> MetricAsync(string series)
    {
        var line = (await GetTextAsync("/metrics")).Split('\n')
            .FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null
            ? null
            : double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }
}

internal static class Answers
{
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    public static string Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";

    public static string? Text(this JsonNode node, string name) => node[name]?.GetValue<string>();

    public static string Compact(this JsonNode node) =>
        node.ToJsonString(
            new JsonSerializerOptions
            {
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Metrics;

/// <summary>
/// Argo's web metric (metricproviders/webmetric/webmetric.go, v1.10): one request, a value picked by JSONPath, judged
/// by two conditions. Only loopback addresses are asked: the local cluster talks to nobody else.
/// </summary>
internal sealed class WebMetric(HttpClient http, TimeProvider clock)
{
    private const int DefaultTimeoutSeconds = 10;

    public async Task<JsonObject> MeasureAsync(MetricSpec metric, JsonObject web, CancellationToken cancellation)
    {
        var measurement = new JsonObject { ["startedAt"] = clock.GetUtcNow().ToWire() };
        try
        {
            var (phase, value) = await AskAsync(metric, web, cancellation);
            measurement["phase"] = phase;
            measurement["value"] = value;
        }
        catch (Exception failure) when (failure is HttpRequestException or FormatException or JsonException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            measurement["phase"] = AnalysisPhase.Error;
            measurement["message"] = failure is OperationCanceledException
                ? $"no answer within {TimeoutSeconds(web)} s from {web.Text("url")}"
                : failure.Message;
        }
        measurement["finishedAt"] = clock.GetUtcNow().ToWire();
        return measurement;
    }

    private async Task<(string Phase, string Value)> AskAsync(
        MetricSpec metric, JsonObject web, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(TimeoutSeconds(web)), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        using var request = Request(web);
        using var response = await http.SendAsync(request, either.Token);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"received non 2xx response code: {(int)response.StatusCode}");
        var body = await response.Content.ReadAsStringAsync(either.Token);
        var result = JsonPath.Select(Parse(body), web.Text("jsonPath") is { Length: > 0 } path ? path : "{$}");
        return (Condition.Judge(metric, result), JsonPath.Display(result));
    }

    private static HttpRequestMessage Request(JsonObject web)
    {
        var url = web.Text("url") ?? "";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !IsLoopback(address))
            throw new FormatException($"the local cluster asks loopback addresses only, not \"{url}\"");
        var request = new HttpRequestMessage(new HttpMethod(web.Text("method") ?? "GET"), address);
        var body = web.At("jsonBody")?.ToJsonString() ?? web.Text("body");
        if (body is not null)
        {
            var type = web.At("jsonBody") is null ? "text/plain" : "application/json";
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }
        foreach (var header in web.Items("headers"))
            request.Headers.TryAddWithoutValidation(header.Text("key") ?? "", header.Text("value"));
        return request;
    }

    private static bool IsLoopback(Uri address) =>
        address.Scheme is "http" or "https"
        && (address.Host == "localhost"
            || (IPAddress.TryParse(address.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip)));

    /// <summary>A body that is not JSON is a text result.</summary>
    private static JsonNode? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return JsonValue.Create(body);
        }
    }

    private static int TimeoutSeconds(JsonObject web) =>
        web.Int("timeoutSeconds") is > 0 and var seconds ? seconds : DefaultTimeoutSeconds;
}

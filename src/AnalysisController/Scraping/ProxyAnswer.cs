using System.Text.Json;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>Tells what the API server says for itself from what it passes on of a pod.</summary>
/// <remarks>
/// It answers for itself with a Status object of apiVersion v1; that of a pod that it cannot reach is a 503 whose
/// message ends in what Go's net package said (kubernetes/apimachinery pkg/util/proxy/upgradeaware.go).
/// </remarks>
internal static class ProxyAnswer
{
    private static readonly (string Words, string Reason)[] Causes =
    [
        ("connection refused", ScrapeFailure.ConnectionRefused),
        ("connection reset", ScrapeFailure.ConnectionReset),
        ("no route to host", ScrapeFailure.HostUnreachable),
        ("timeout", ScrapeFailure.ConnectTimeout),
        ("deadline exceeded", ScrapeFailure.ConnectTimeout),
        ("certificate", ScrapeFailure.CertificateUntrusted),
        ("server gave HTTP response to HTTPS client", ScrapeFailure.TlsFailed),
        ("malformed HTTP", ScrapeFailure.NotHttp),
    ];

    /// <summary>Null when the answer is the pod's.</summary>
    public static (string Reason, string Message)? FailureIn(PodAnswer answer)
    {
        if (answer.Status < 400 || MessageOf(answer.Body.Bytes) is not { } message)
        {
            return null;
        }

        if (answer.Status is 401 or 403)
        {
            return (
                ScrapeFailure.ProxyForbidden,
                $"{message}; the controller needs verb get on pods/proxy to scrape through the API server"
            );
        }

        var known = Causes.FirstOrDefault(cause => message.Contains(cause.Words, StringComparison.Ordinal));
        return (known.Reason ?? ScrapeFailure.NetworkUnreachable, $"the API server's pod proxy: {message}");
    }

    /// <summary>The message of a Status object; null for a body that is none.</summary>
    private static string? MessageOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = json.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && TextOf(root, "kind") == "Status"
                && TextOf(root, "apiVersion") == "v1"
                ? TextOf(root, "message") ?? ""
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement json, string field) =>
        json.TryGetProperty(field, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}

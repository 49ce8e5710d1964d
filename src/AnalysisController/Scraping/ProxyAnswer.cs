using System.Text.Json;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>Tells what the API server says for itself from what it passes on of a pod.</summary>
/// <remarks>
/// It answers for itself with a Status object, and a pod may do the same. Its own name the pod in their details
/// (kubernetes/kubernetes pkg/registry/core/pod/strategy.go, ResourceLocation: 404 and 400; kubernetes/apiserver
/// pkg/endpoints/handlers/responsewriters/errors.go: 403), or are the 503 of a pod that cannot be reached, in what Go's
/// net package said (kubernetes/apimachinery pkg/util/proxy/transport.go), or say that it has no time or is broken.
/// </remarks>
internal static class ProxyAnswer
{
    private const string CannotReach = "error trying to reach service";

    private static readonly (string Words, string Reason)[] Causes =
    [
        ("connection refused", ScrapeFailure.ConnectionRefused),
        ("connection reset", ScrapeFailure.ConnectionReset),
        ("EOF", ScrapeFailure.ConnectionReset),
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
        if (answer.Status < 400 || StatusIn(answer.Body.Bytes) is not var (message, isOfPods))
        {
            return null;
        }

        return answer.Status switch
        {
            400 => (ScrapeFailure.NoTarget, Own(message)),
            401 => Forbidden(message),
            403 when isOfPods => Forbidden(message),
            404 when isOfPods => (ScrapeFailure.NoTarget, $"the pod is gone: {message}"),
            503 when message.StartsWith(CannotReach, StringComparison.Ordinal) => (CauseOf(message), Own(message)),
            429 or >= 500 => (ScrapeFailure.ProxyFailed, Own(message)),
            _ => null,
        };
    }

    private static string Own(string message) => $"the API server's pod proxy: {message}";

    private static (string Reason, string Message) Forbidden(string message) =>
        (
            ScrapeFailure.ProxyForbidden,
            $"{message}; the controller needs verb get on pods/proxy to scrape through the API server"
        );

    private static string CauseOf(string message) =>
        Causes.FirstOrDefault(cause => message.Contains(cause.Words, StringComparison.Ordinal)).Reason
        ?? ScrapeFailure.NetworkUnreachable;

    /// <summary>
    /// The message of a Status object, and whether its details are of a pod or its namespace; null for a body that is
    /// none.
    /// </summary>
    private static (string Message, bool IsOfPods)? StatusIn(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = json.RootElement;
            if (TextOf(root, "kind") != "Status" || TextOf(root, "apiVersion") != "v1")
            {
                return null;
            }

            var kind = root.TryGetProperty("details", out var details) ? TextOf(details, "kind") : null;
            return (TextOf(root, "message") ?? "", kind is "pods" or "namespaces");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(field, out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}

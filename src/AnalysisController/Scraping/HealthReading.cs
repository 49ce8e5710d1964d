using System.Net;
using System.Text;
using System.Text.Json;
using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// Reads a health answer of any of the usual conventions: health+json (draft-inadarei-api-health-check-05 §3.1),
/// MicroProfile, Spring Actuator, ASP.NET's plain words; else the status code alone.
/// </summary>
internal static class HealthReading
{
    public static HealthProbe Of(HttpStatusCode code, ReadOnlySpan<byte> body)
    {
        if (Word(body) is { } word)
        {
            switch (word.ToUpperInvariant())
            {
                case "PASS" or "OK" or "UP" or "WARN" or "HEALTHY" or "DEGRADED":
                    return HealthProbe.Pass;
                case "FAIL" or "ERROR" or "DOWN" or "OUT_OF_SERVICE" or "UNHEALTHY":
                    return HealthProbe.Fail;
                default:
                    break;
            }
        }

        return (int)code switch
        {
            >= 200 and < 400 => HealthProbe.Pass,
            >= 500 => HealthProbe.Fail,
            // No such endpoint, or not for us: that says nothing about the pod's health.
            _ => HealthProbe.Unknown,
        };
    }

    /// <summary>
    /// Whether a failed request is about the way to the pod, or about us, and not about how the pod is.
    /// </summary>
    public static bool SaysNothing(string reason) =>
        reason
            is ScrapeFailure.NoTarget
                or ScrapeFailure.TokenUnreadable
                or ScrapeFailure.ProxyForbidden
                or ScrapeFailure.ProxyFailed
                or ScrapeFailure.TlsFailed
                or ScrapeFailure.NotHttp
                or ScrapeFailure.CertificateUntrusted
                or ScrapeFailure.CertificateExpired
                or ScrapeFailure.CertificateNameMismatch
                or ScrapeFailure.CertificateNotPinned
                or ScrapeFailure.BodyTooLarge
                or ScrapeFailure.MemoryLimit
                or ScrapeFailure.WrongEncoding;

    /// <summary>
    /// The <c>status</c> of a JSON body, or a body that is one short word; null where there is neither.
    /// </summary>
    private static string? Word(ReadOnlySpan<byte> body)
    {
        body = body.Trim(" \r\n\t"u8);
        if (body.Length == 0)
        {
            return null;
        }

        if (body[0] != (byte)'{')
        {
            return body.Length <= 16 ? Encoding.UTF8.GetString(body) : null;
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
                ? status.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

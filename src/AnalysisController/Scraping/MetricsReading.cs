using System.Diagnostics;
using Rollouts.Analysis;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>Reads the answer to a scrape: all of its metrics, or the reason why none of them.</summary>
internal static class MetricsReading
{
    private static readonly string[] MetricsTypes = ["text/plain", "application/openmetrics-text"];

    public static async Task<MetricsScrape> OfAsync(
        PodAnswer answer,
        RoundReading round,
        CancellationToken cancellation
    )
    {
        if (answer.Status != 200)
        {
            var also = answer.Status switch
            {
                >= 300 and < 400 => "; redirects are not followed",
                404 => $"; the pod has nothing at {answer.Path}",
                401 or 403 => "; see --scrape-bearer-token-file",
                _ => "",
            };
            return Failed(ScrapeFailure.HttpStatus, answer, $"status {answer.Status}, wanted 200{also}");
        }

        if (!answer.EndIsAnnounced && answer.Body.Bytes is not [.., (byte)'\n'])
        {
            return Failed(
                ScrapeFailure.BodyCut,
                answer,
                "the answer has no length, and its last line no end: it may have broken off"
            );
        }

        return await round.ReadAsync(answer.Body, answer.ContentType, cancellation) switch
        {
            ExpositionResult.Read(var families) => new MetricsScrape.Answered(families),
            ExpositionResult.Malformed when !SaysMetrics(answer) => Failed(
                ScrapeFailure.WrongContentType,
                answer,
                $"Content-Type is {answer.ContentType}, wanted {string.Join(" or ", MetricsTypes)}"
            ),
            ExpositionResult.Malformed(var line, var message) => Failed(
                ScrapeFailure.Malformed,
                answer,
                $"line {line}: {message}"
            ),
            ExpositionResult.LimitExceeded exceeded => Failed(exceeded, answer),
            null => Failed(ScrapeFailure.MemoryLimit, answer, round.Full),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>An answer without a Content-Type is given the benefit of the doubt.</summary>
    private static bool SaysMetrics(PodAnswer answer) =>
        answer.Response.Content.Headers.ContentType?.MediaType is not { } type
        || MetricsTypes.Contains(type, StringComparer.OrdinalIgnoreCase);

    private static MetricsScrape.Failed Failed(ExpositionResult.LimitExceeded exceeded, PodAnswer answer) =>
        exceeded.Which switch
        {
            ReadLimit.Samples => Failed(ScrapeFailure.SampleLimit, answer, $"more than {exceeded.Limit} samples"),
            ReadLimit.Labels => Failed(
                ScrapeFailure.LabelLimit,
                answer,
                $"a sample has more than {exceeded.Limit} labels"
            ),
            ReadLimit.LabelValue => Failed(
                ScrapeFailure.LabelValueLimit,
                answer,
                $"a value of label {exceeded.Label} has {exceeded.Value} bytes, limit {exceeded.Limit}"
            ),
        };

    private static MetricsScrape.Failed Failed(string reason, PodAnswer answer, string what) =>
        new(reason, $"GET {answer.Asked}: {what}");
}

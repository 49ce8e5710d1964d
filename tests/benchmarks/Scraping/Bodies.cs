using System.Globalization;
using System.Text;

namespace Rollouts.benchmarks.Scraping;

/// <summary>What pods expose: 2,000 series as Spring Boot has them, about 145 KB.</summary>
internal static class Bodies
{
    private const int Series = 2_000;

    /// <param name="ofRequests">Series of the histogram of requests; the others are of no interest to a judge.</param>
    /// <param name="at">How far the counters have come.</param>
    /// <param name="instance">A label that the pod puts into every series; empty for none.</param>
    public static byte[] Service(int ofRequests, int at, string instance = "")
    {
        var own = instance.Length == 0 ? "" : $"instance=\"{instance}\",";
        var text = new StringBuilder("# TYPE http_server_requests_seconds histogram\n");
        for (var i = 0; i < ofRequests; i++)
        {
            var le = i % 70 == 69 ? "+Inf" : (0.001 * (1 + (i % 70))).ToString("0.###", CultureInfo.InvariantCulture);
            text.Append(
                CultureInfo.InvariantCulture,
                $"http_server_requests_seconds_{(i % 70 == 0 ? "count" : "bucket")}{{{own}method=\"GET\",")
                .Append(CultureInfo.InvariantCulture, $"outcome=\"SUCCESS\",status=\"200\",uri=\"/api/{i / 70}\"")
                .Append(i % 70 == 0 ? "" : $",le=\"{le}\"")
                .Append(CultureInfo.InvariantCulture, $"}} {100 * at}\n");
        }

        for (var i = ofRequests; i < Series; i++)
        {
            text.Append(
                i % 8 == 0 ? $"# HELP jvm_thing_{i / 8}_bytes A thing.\n# TYPE jvm_thing_{i / 8}_bytes gauge\n" : "")
                .Append(
                    CultureInfo.InvariantCulture, $"jvm_thing_{i / 8}_bytes{{{own}area=\"heap\",id=\"T {i % 8}\"}} ")
                .Append(CultureInfo.InvariantCulture, $"{i * at}.5\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

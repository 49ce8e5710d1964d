using System.Globalization;
using System.Text;

namespace Rollouts.benchmarks.Exposition;

/// <summary>Bodies as services and machines expose them; the same in every run.</summary>
internal static class Bodies
{
    private static readonly string[] Bounds =
        ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

    /// <summary>A histogram of requests by route: fifteen series a route, an escaped label in each.</summary>
    public static byte[] Service(int routes)
    {
        var text = new StringBuilder("# HELP http_server_request_duration_seconds Duration of HTTP server requests.\n");
        text.Append("# TYPE http_server_request_duration_seconds histogram\n");
        for (var route = 0; route < routes; route++)
        {
            var labels = "http_request_method=\"GET\",http_response_status_code=\"200\","
                + $"http_route=\"/api/\\\"{route}\\\"\"";
            for (var bound = 0; bound < Bounds.Length; bound++)
            {
                var bucket = $"{labels},le=\"{Bounds[bound]}\"";
                Add(text, $"http_server_request_duration_seconds_bucket{{{bucket}}}", bound * 97);
            }

            Add(text, $"http_server_request_duration_seconds_sum{{{labels}}}", 12.75);
            Add(text, $"http_server_request_duration_seconds_count{{{labels}}}", 1067);
            Add(text, $"http_server_active_requests{{{labels}}}", 3);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Many short families, as an exporter for machines has them.</summary>
    public static byte[] Node()
    {
        var text = new StringBuilder();
        for (var family = 0; family < 250; family++)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP node_thing_{family}_total A thing that is counted.\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE node_thing_{family}_total counter\n");
            for (var device = 0; device < 8; device++)
            {
                Add(text, $"node_thing_{family}_total{{device=\"eth{device}\",cpu=\"{family % 4}\"}}", 1.5e9 + device);
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The same series with other numbers.</summary>
    public static byte[] Later(byte[] body) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("7\n", "12\n", StringComparison.Ordinal)
            .Replace("0\n", "38\n", StringComparison.Ordinal));

    private static void Add(StringBuilder text, string series, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{series} {value}\n");
}

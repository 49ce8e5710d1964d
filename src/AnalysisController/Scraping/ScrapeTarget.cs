using System.Globalization;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// Where a pod's metrics and health are: the <c>prometheus.io/*</c> annotations, else a port by its name, else the
/// first.
/// </summary>
internal sealed record ScrapeTarget(Uri Metrics, Uri Health)
{
    private const string DefaultMetricsPath = "/metrics";

    private const string HealthPath = "/health";

    private static readonly string[] PortNames = ["metrics", "http-metrics", "http"];

    /// <summary>Null when the pod has no address or names no port.</summary>
    public static ScrapeTarget? Of(Pod pod)
    {
        if (pod.Status.PodIP is not { Length: > 0 } address || Port(pod) is not { } port)
        {
            return null;
        }

        var annotations = pod.Metadata.Annotations;
        var scheme =
            annotations.GetValueOrDefault("prometheus.io/scheme") == Uri.UriSchemeHttps
                ? Uri.UriSchemeHttps
                : Uri.UriSchemeHttp;
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        var root = new Uri($"{scheme}://{host}:{port.ToString(CultureInfo.InvariantCulture)}");
        var path = annotations.GetValueOrDefault("prometheus.io/path") is { Length: > 0 } named
            ? named
            : DefaultMetricsPath;
        return Uri.TryCreate(root, path, out var metrics) && metrics.Host == root.Host
            ? new ScrapeTarget(metrics, new Uri(root, HealthPath))
            : null;
    }

    private static int? Port(Pod pod)
    {
        if (
            pod.Metadata.Annotations.TryGetValue("prometheus.io/port", out var annotated)
            && int.TryParse(annotated, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= ushort.MaxValue
        )
        {
            return port;
        }

        var ports = pod.Spec.Containers.SelectMany(container => container.Ports).ToList();
        var named = PortNames
            .Select(name => ports.Find(candidate => candidate.Name == name))
            .FirstOrDefault(found => found is not null);
        return (named ?? ports.FirstOrDefault())?.Number;
    }
}

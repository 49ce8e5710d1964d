using System.Globalization;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// Where a pod's metrics and health are: as the policy says, else as the <c>prometheus.io/*</c> annotations say, else a
/// port by its name, else the first.
/// </summary>
internal abstract record ScrapeTarget
{
    private const string PortAnnotation = "prometheus.io/port";

    private const string PathAnnotation = "prometheus.io/path";

    private const string SchemeAnnotation = "prometheus.io/scheme";

    private const string DefaultPath = "/metrics";

    private const string DefaultHealthPath = "/health";

    private static readonly string[] PortNames = ["metrics", "http-metrics", "http"];

    private ScrapeTarget() { }

    /// <param name="Metrics">Under the pod's own address.</param>
    /// <param name="Health">Likewise.</param>
    /// <param name="PortFrom">Who named the port, in words.</param>
    public sealed record Found(Uri Metrics, Uri Health, string PortFrom) : ScrapeTarget;

    /// <param name="Message">What is missing, and what was looked for.</param>
    public sealed record Missing(string Message) : ScrapeTarget;

    public static ScrapeTarget Of(Pod pod, ScrapeSettings settings)
    {
        if (pod.Status.PodIP is not { Length: > 0 } address)
        {
            return new Missing("the pod has no address yet");
        }

        return PortOf(pod, settings) switch
        {
            PortChoice.None(var message) => new Missing(message),
            PortChoice.Port(var number, var from) => At(pod, settings, address, number, from),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static ScrapeTarget At(Pod pod, ScrapeSettings settings, string address, int port, string from)
    {
        var annotations = pod.Metadata.Annotations;
        var scheme = settings.Scheme ?? annotations.GetValueOrDefault(SchemeAnnotation) ?? Uri.UriSchemeHttp;
        if (scheme != Uri.UriSchemeHttp && scheme != Uri.UriSchemeHttps)
        {
            return new Missing($"scheme '{scheme}' is neither http nor https");
        }

        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        var root = new Uri($"{scheme}://{host}:{port.ToString(CultureInfo.InvariantCulture)}");
        var path = settings.Path ?? annotations.GetValueOrDefault(PathAnnotation, "");
        var metricsPath = path.Length == 0 ? DefaultPath : path;
        var healthPath = settings.HealthPath ?? DefaultHealthPath;
        return Under(root, metricsPath) is not { } metrics ? NoPath(metricsPath)
            : Under(root, healthPath) is not { } health ? NoPath(healthPath)
            : new Found(metrics, health, from);
    }

    private static Missing NoPath(string path) => new($"'{path}' is no path on the pod");

    /// <summary>Null when the path leads anywhere else.</summary>
    private static Uri? Under(Uri root, string path)
    {
        var absolute = path.StartsWith('/') ? path : "/" + path;
        return Uri.TryCreate(root, absolute, out var uri) && uri.Authority == root.Authority ? uri : null;
    }

    private static PortChoice PortOf(Pod pod, ScrapeSettings settings)
    {
        var ports = pod.Spec.Containers.SelectMany(container => container.Ports).ToList();
        if (settings.Port is { } wanted)
        {
            return Named(ports, wanted, "the policy's port");
        }

        if (pod.Metadata.Annotations.TryGetValue(PortAnnotation, out var annotated))
        {
            return Named(ports, annotated, $"annotation {PortAnnotation}");
        }

        var known = PortNames
            .Select(name => ports.Find(port => port.Name == name))
            .FirstOrDefault(port => port is not null);
        return known is not null ? new PortChoice.Port(known.Number, $"the port named {known.Name}")
            : ports is [var first, ..] ? new PortChoice.Port(first.Number, "the first port of the containers")
            : new PortChoice.None($"no container names a port, and there is no annotation {PortAnnotation}");
    }

    private static PortChoice Named(List<ContainerPort> ports, string wanted, string from)
    {
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number is > 0 and <= ushort.MaxValue
                ? new PortChoice.Port(number, $"{from}, {wanted}")
                : new PortChoice.None($"{from} is {wanted}, wanted 1 to {ushort.MaxValue}");
        }

        var names = string.Join(", ", ports.Where(port => port.Name.Length > 0).Select(port => port.Name));
        return ports.Find(port => port.Name == wanted) is { } found
            ? new PortChoice.Port(found.Number, $"{from}, {wanted}")
            : new PortChoice.None(
                $"{from} is '{wanted}', but no container has a port of that name (they have: "
                    + (names.Length == 0 ? "none" : names) + ")"
            );
    }

    private abstract record PortChoice
    {
        private PortChoice() { }

        public sealed record Port(int Number, string From) : PortChoice;

        public sealed record None(string Message) : PortChoice;
    }
}

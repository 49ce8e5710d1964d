using System.Net;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.Pods;

/// <summary>What the local cluster reads of a pod: one container of the image <c>sample-api</c>.</summary>
internal sealed record ContainerSpec
{
    public const int DefaultPort = 8080;

    private const string SampleImage = "sample-api";
    private const string LabelStart = "metadata.labels['";
    private const int DefaultGraceSeconds = 30;

    /// <summary>Of a pod that configures no readinessProbe: Kubernetes would call it ready at once, but a sample API
    /// that has not finished its start answers no traffic.</summary>
    private const string DefaultReadinessPath = "/health/ready";

    public required string Name { get; init; }

    public required string Image { get; init; }

    public required int Port { get; init; }

    public required JsonArray Environment { get; init; }

    public ProbeSpec? StartupProbe { get; init; }

    public required ProbeSpec ReadinessProbe { get; init; }

    public ProbeSpec? LivenessProbe { get; init; }

    public long? MemoryLimitBytes { get; init; }

    public required TimeSpan GracePeriod { get; init; }

    public bool IsSampleApi => ImageName(Image) == SampleImage;

    public static ContainerSpec From(ObjectView pod)
    {
        if (pod.At("spec", "containers") is not JsonArray { Count: 1 } containers
            || containers[0] is not JsonObject container)
        {
            throw new UnsupportedPodException("the local cluster runs pods with exactly one container");
        }

        if (pod.At("spec", "initContainers") is JsonArray { Count: > 0 })
            throw new UnsupportedPodException("the local cluster runs no init containers");
        var view = new ObjectView(container);
        var port = FirstPort(container);
        var limit = view.Text("resources", "limits", "memory");
        return new ContainerSpec
        {
            Name = view.Text("name") ?? "",
            Image = view.Text("image") ?? "",
            Port = port,
            Environment = container["env"] as JsonArray ?? [],
            StartupProbe = ProbeSpec.From(container, "startupProbe", port),
            ReadinessProbe = ProbeSpec.From(container, "readinessProbe", port)
                ?? new ProbeSpec { Path = DefaultReadinessPath, Port = port, Period = TimeSpan.FromSeconds(1) },
            LivenessProbe = ProbeSpec.From(container, "livenessProbe", port),
            MemoryLimitBytes = limit is null
                ? null
                : MemoryQuantity.ToBytes(limit)
                    ?? throw new UnsupportedPodException($"resources.limits.memory: {limit} is no quantity"),
            GracePeriod = TimeSpan.FromSeconds(pod.At("spec", "terminationGracePeriodSeconds") is null
                ? DefaultGraceSeconds
                : pod.Number("spec", "terminationGracePeriodSeconds")),
        };
    }

    /// <summary>The environment of the container's process, on top of what every process here gets.</summary>
    public IReadOnlyDictionary<string, string> ResolveEnvironment(ObjectView pod, IPAddress address)
    {
        var resolved = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = $"http://{address}:{Port}",
            ["HOSTNAME"] = pod.Name,
            ["POD_NAME"] = pod.Name,
            ["POD_NAMESPACE"] = pod.Namespace,
            ["POD_IP"] = address.ToString(),
            ["NODE_NAME"] = LocalNode.Name,
        };
        foreach (var variable in Environment.OfType<JsonObject>().Select(json => new ObjectView(json)))
        {
            var name = variable.Text("name") ?? throw new UnsupportedPodException("env: a variable has no name");
            resolved[name] = Value(variable, name, pod, address);
        }

        return resolved;
    }

    private static string Value(ObjectView variable, string name, ObjectView pod, IPAddress address)
    {
        if (variable.At("valueFrom") is null)
            return variable.Text("value") ?? "";
        var path = variable.Text("valueFrom", "fieldRef", "fieldPath")
            ?? throw new UnsupportedPodException($"env {name}: the local cluster knows value and fieldRef only");
        return path switch
        {
            "metadata.name" => pod.Name,
            "metadata.namespace" => pod.Namespace,
            "metadata.uid" => pod.Uid,
            "status.podIP" => address.ToString(),
            "spec.nodeName" => LocalNode.Name,
            _ when path.StartsWith(LabelStart, StringComparison.Ordinal)
                && path.EndsWith("']", StringComparison.Ordinal) => pod.Label(path[LabelStart.Length..^2]) ?? "",
            _ => throw new UnsupportedPodException($"env {name}: fieldRef {path} is not known to the local cluster"),
        };
    }

    private static int FirstPort(JsonObject container) =>
        container["ports"] is JsonArray { Count: > 0 } ports && ports[0] is JsonObject first
            ? (int)new ObjectView(first).Number("containerPort")
            : DefaultPort;

    private static string ImageName(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        var end = name.IndexOfAny([':', '@']);
        return end < 0 ? name : name[..end];
    }
}

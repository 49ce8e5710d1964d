using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.Pods;

/// <summary>An httpGet probe of a container; the defaults are those of core/v1 Probe.</summary>
internal sealed record ProbeSpec
{
    public required string Path { get; init; }

    public required int Port { get; init; }

    public TimeSpan InitialDelay { get; init; }

    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    public int SuccessThreshold { get; init; } = 1;

    public int FailureThreshold { get; init; } = 3;

    /// <summary>
    /// Reads one of startupProbe, readinessProbe and livenessProbe; null when the container has none.
    /// </summary>
    public static ProbeSpec? From(JsonObject container, string field, int containerPort)
    {
        if (container[field] is not JsonObject probe)
            return null;
        var view = new ObjectView(probe);
        if (probe["httpGet"] is not JsonObject)
            throw new UnsupportedPodException($"{field}: the local cluster runs httpGet probes only");
        // A named port can only be the one port that the container has here.
        var port = view.Number("httpGet", "port");
        return new ProbeSpec
        {
            Path = view.Text("httpGet", "path") ?? "/",
            Port = port == 0 ? containerPort : (int)port,
            InitialDelay = Seconds(view, "initialDelaySeconds", 0),
            Period = Seconds(view, "periodSeconds", 10),
            Timeout = Seconds(view, "timeoutSeconds", 1),
            SuccessThreshold = Count(view, "successThreshold", 1),
            FailureThreshold = Count(view, "failureThreshold", 3),
        };
    }

    private static TimeSpan Seconds(ObjectView probe, string field, int absent) =>
        TimeSpan.FromSeconds(probe.At(field) is null ? absent : probe.Number(field));

    private static int Count(ObjectView probe, string field, int absent) =>
        probe.At(field) is null ? absent : (int)probe.Number(field);
}

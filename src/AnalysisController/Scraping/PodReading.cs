using System.Globalization;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>What Kubernetes says of a pod, in the judge's words.</summary>
internal static class PodReading
{
    private const string CrashLoopBackOff = "CrashLoopBackOff";

    private const string OutOfMemoryKilled = "OOMKilled";

    public static PodScrape Read(Pod pod, Arm arm, MetricsScrape metrics, HealthProbe health)
    {
        var containers = pod.Status.ContainerStatuses;
        return new PodScrape
        {
            Pod = pod.Metadata.Name,
            Arm = arm,
            ReadyAt = ReadyAt(pod),
            RestartCount = containers.Sum(container => container.RestartCount),
            InCrashLoop = containers.Any(container => container.State.Waiting?.Reason == CrashLoopBackOff),
            OutOfMemoryKills = containers.Sum(OutOfMemoryKills),
            MemoryLimitBytes = MemoryLimit(pod),
            Metrics = metrics,
            Health = health,
        };
    }

    public static DateTimeOffset? ReadyAt(Pod pod) =>
        pod.Condition("Ready") is { Status: "True", LastTransitionTime: { } at } ? at : null;

    private static int OutOfMemoryKills(ContainerStatus container) =>
        (container.State.Terminated?.Reason == OutOfMemoryKilled ? 1 : 0)
        + (container.LastState.Terminated?.Reason == OutOfMemoryKilled ? 1 : 0);

    private static long? MemoryLimit(Pod pod)
    {
        var limits = pod
            .Spec.Containers.Select(container => container.Resources.Limits.GetValueOrDefault("memory"))
            .Select(Bytes)
            .Where(bytes => bytes is not null)
            .ToList();
        return limits.Count == 0 ? null : limits.Min();
    }

    /// <summary>
    /// A Kubernetes quantity (apimachinery resource.Quantity): a number with k, M, G, T or Ki, Mi, Gi, Ti; null for
    /// anything else.
    /// </summary>
    internal static long? Bytes(string? quantity)
    {
        if (string.IsNullOrEmpty(quantity))
        {
            return null;
        }

        var unit = quantity.AsSpan().TrimStart("0123456789.");
        double? factor = unit switch
        {
            "" => 1,
            "k" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            "Ki" => 1024d,
            "Mi" => 1024d * 1024,
            "Gi" => 1024d * 1024 * 1024,
            "Ti" => 1024d * 1024 * 1024 * 1024,
            _ => null,
        };
        var number = quantity.AsSpan(0, quantity.Length - unit.Length);
        return
            factor is not null
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? (long)(value * factor.Value)
            : null;
    }
}

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
            .Select(ByteQuantity.Parse)
            .Where(bytes => bytes is not null)
            .ToList();
        return limits.Count == 0 ? null : limits.Min();
    }
}

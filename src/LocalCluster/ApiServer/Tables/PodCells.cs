using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Tables;

/// <summary>
/// READY, STATUS and RESTARTS of a pod (kubernetes/kubernetes pkg/printers/internalversion/printers.go, printPod).
/// </summary>
internal static class PodCells
{
    public static string Ready(JsonObject pod)
    {
        var total = (pod.Child("spec") ?? []).Children("containers").Count();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Containers(pod).Count(container => container.Flag("ready"))}/{total}");
    }

    public static string Status(JsonObject pod)
    {
        if (pod.Metadata.ContainsKey("deletionTimestamp"))
            return "Terminating";
        var status = pod.Child("status") ?? [];
        var reason = status.Text("reason") ?? status.Text("phase") ?? "Unknown";
        foreach (var container in Containers(pod).Reverse())
        {
            var state = container.Child("state") ?? [];
            if (state.Child("waiting")?.Text("reason") is { Length: > 0 } waiting)
                reason = waiting;
            else if (state.Child("terminated") is { } terminated)
                reason = Terminated(terminated);
        }
        return reason;
    }

    public static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        var count = Containers(pod).Sum(container => container.Whole("restartCount") ?? 0);
        var last = Containers(pod)
            .Select(container => container.Child("lastState")?.Child("terminated")?.Text("finishedAt"))
            .OfType<string>()
            .Max(StringComparer.Ordinal);
        return count == 0 || last is null
            ? count.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{count} ({Age.Since(last, now)} ago)");
    }

    private static string Terminated(JsonObject terminated)
    {
        if (terminated.Text("reason") is { Length: > 0 } reason)
            return reason;
        return terminated.Whole("signal") is { } signal and not 0
            ? string.Create(CultureInfo.InvariantCulture, $"Signal:{signal}")
            : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{terminated.Whole("exitCode") ?? 0}");
    }

    private static IEnumerable<JsonObject> Containers(JsonObject pod) =>
        (pod.Child("status") ?? []).Children("containerStatuses");
}

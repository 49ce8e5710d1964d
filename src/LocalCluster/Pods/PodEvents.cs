using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// The events about one pod, as <c>kubectl describe pod</c> lists them; a repeated one is counted, not doubled.
/// </summary>
internal sealed class PodEvents(ClusterObjects objects, ObjectView pod, string containerName, TimeProvider clock)
{
    private const int DifferentEvents = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Reason, string Message), (string Name, int Count)> _written = [];

    public void Normal(string reason, string message) => Write("Normal", reason, message, "kubelet");

    public void Warning(string reason, string message) => Write("Warning", reason, message, "kubelet");

    public void Scheduled() => Write(
        "Normal",
        "Scheduled",
        $"Successfully assigned {pod.Namespace}/{pod.Name} to {LocalNode.Name}",
        "default-scheduler");

    private void Write(string type, string reason, string message, string component)
    {
        lock (_gate)
        {
            var now = KubernetesTime.Write(clock.GetUtcNow());
            if (_written.TryGetValue((reason, message), out var earlier))
            {
                _written[(reason, message)] = (earlier.Name, earlier.Count + 1);
                var again = new JsonObject { ["count"] = earlier.Count + 1, ["lastTimestamp"] = now };
                _ = objects.TryMergePatch("events", pod.Namespace, earlier.Name, again);
                return;
            }

            if (_written.Count == DifferentEvents)
                return;
            var name = $"{pod.Name}.{clock.GetUtcNow().UtcTicks:x}{_written.Count:x2}";
            _written[(reason, message)] = (name, 1);
            objects.TryCreate("events", pod.Namespace, Event(type, reason, message, component, name, now));
        }
    }

    private JsonObject Event(
        string type,
        string reason,
        string message,
        string component,
        string name,
        string now) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Event",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = pod.Namespace },
        ["involvedObject"] = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["name"] = pod.Name,
            ["namespace"] = pod.Namespace,
            ["uid"] = pod.Uid,
            ["fieldPath"] = $"spec.containers{{{containerName}}}",
        },
        ["type"] = type,
        ["reason"] = reason,
        ["message"] = message,
        ["source"] = new JsonObject { ["component"] = component, ["host"] = LocalNode.Name },
        ["reportingComponent"] = component,
        ["reportingInstance"] = LocalNode.Name,
        ["firstTimestamp"] = now,
        ["lastTimestamp"] = now,
        ["count"] = 1,
    };
}

using System.Net;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Traffic;

/// <summary>
/// Where the requests to one Service go at one moment. While the Rollout states weights (traffic routing), an arm is
/// drawn by weight and a pod of it evenly; without, every ready pod is as likely as any other, which is what kube-proxy
/// does and what a canary by replica counts rests on.
/// </summary>
internal sealed class RouteTable
{
    private readonly RouteTarget[] _stable;
    private readonly RouteTarget[] _canary;
    private readonly double? _canaryRatio;

    private RouteTable(IReadOnlyList<RouteTarget> targets, double? canaryRatio)
    {
        Targets = targets;
        _canaryRatio = canaryRatio;
        _stable = [.. targets.Where(target => target.Arm == TrafficArm.Stable)];
        _canary = [.. targets.Where(target => target.Arm == TrafficArm.Canary)];
    }

    public static RouteTable Empty { get; } = new([], null);

    public IReadOnlyList<RouteTarget> Targets { get; }

    /// <summary>The weight of the canary, 0..1, or null when pods are drawn evenly.</summary>
    public double? CanaryRatio => _canaryRatio;

    public bool IsAllStable => Targets.Count > 0 && _stable.Length == Targets.Count;

    public int CountOf(TrafficArm arm) => Targets.Count(target => target.Arm == arm);

    public static RouteTable Build(ObjectView service, IEnumerable<ObjectView> pods, IEnumerable<ObjectView> rollouts)
    {
        var known = rollouts.ToList();
        var selector = (RoutedThrough(service, known) ?? service.At("spec", "selector")) as JsonObject;
        var selected = pods
            .Where(pod => pod.Namespace == service.Namespace && pod.IsReadyPod && pod.HasLabels(selector))
            .OrderBy(pod => pod.Name, StringComparer.Ordinal)
            .ToList();
        var rollout = known.Cast<ObjectView?>().FirstOrDefault(candidate =>
            candidate!.Value.Namespace == service.Namespace
            && candidate.Value.At("spec", "selector", "matchLabels") is JsonObject labels
            && selected.Exists(pod => pod.HasLabels(labels)));
        return new RouteTable([.. selected.Select(pod => Target(pod, rollout)).OfType<RouteTarget>()], Weight(rollout));
    }

    /// <summary>Null when nobody can answer: no ready pod, or none in the arm that was drawn.</summary>
    public RouteTarget? Pick(Random random)
    {
        var among = _canaryRatio is { } ratio
            ? random.NextDouble() < ratio ? _canary : _stable
            : Targets;
        return among.Count == 0 ? null : among[random.Next(among.Count)];
    }

    /// <summary>
    /// The labels of both arms where a Rollout that states weights calls this its stable Service: people then come in
    /// by the router before it, not by the Service, which selects stable alone.
    /// </summary>
    private static JsonNode? RoutedThrough(ObjectView service, List<ObjectView> rollouts) => rollouts
        .Where(rollout => rollout.Namespace == service.Namespace && Weight(rollout) is not null
            && rollout.Text("spec", "strategy", "canary", "stableService") == service.Name)
        .Select(rollout => rollout.At("spec", "selector", "matchLabels"))
        .FirstOrDefault();

    private static RouteTarget? Target(ObjectView pod, ObjectView? rollout)
    {
        if (!IPAddress.TryParse(pod.Text("status", "podIP"), out var address))
            return null;
        return new RouteTarget(pod.Name, new IPEndPoint(address, FirstPort(pod)), Arm(pod, rollout));
    }

    private static int FirstPort(ObjectView pod) =>
        (pod.At("spec", "containers") as JsonArray)?[0]?["ports"] is JsonArray { Count: > 0 } ports
        && ports[0] is JsonObject port
            ? (int)new ObjectView(port).Number("containerPort")
            : ContainerSpec.DefaultPort;

    private static TrafficArm Arm(ObjectView pod, ObjectView? rollout)
    {
        var hash = pod.Label(ObjectView.PodTemplateHash);
        var stable = rollout?.Text("status", "stableRS");
        // Before the first version is stable there is only one arm.
        if (string.IsNullOrEmpty(stable) || hash == stable)
            return TrafficArm.Stable;
        return hash == rollout?.Text("status", "currentPodHash") ? TrafficArm.Canary : TrafficArm.Other;
    }

    private static double? Weight(ObjectView? rollout) =>
        rollout?.At("status", "canary", "weights", "canary", "weight") is null
            ? null
            : rollout.Value.Number("status", "canary", "weights", "canary", "weight") / 100.0;
}

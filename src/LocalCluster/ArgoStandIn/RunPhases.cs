using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>
/// The phases of AnalysisRuns as they were last seen: who owns a run hears of it only when its phase changes
/// (controller.go:323-334, v1.10).
/// </summary>
internal sealed class RunPhases
{
    private readonly Dictionary<ObjectKey, string?> _phases = [];

    /// <returns>Whether the run's owner is to be told: it is new, it is gone, or its phase is another.</returns>
    public bool Learn(ClusterEvent change)
    {
        var key = ObjectKey.Of(change.Object);
        if (change.Type == ClusterEventType.Deleted)
        {
            _phases.Remove(key);
            return true;
        }
        var phase = change.Object.Text("status", "phase");
        var isSame = change.Type == ClusterEventType.Modified && _phases.TryGetValue(key, out var known)
            && known == phase;
        _phases[key] = phase;
        return !isSame;
    }
}

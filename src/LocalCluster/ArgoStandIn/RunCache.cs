using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>
/// AnalysisRuns as the watch has told of them: what Argo reads, and compares its patches with. It may lag behind the
/// cluster, as Argo's informer does, and can be made to lag.
/// </summary>
internal sealed class RunCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, JsonObject> _runs = [];
    private readonly List<ClusterEvent> _heldBack = [];
    private bool _isHoldingBack;

    public JsonObject? Find(ObjectKey key)
    {
        lock (_lock)
            return (JsonObject?)_runs.GetValueOrDefault(key)?.DeepClone();
    }

    /// <summary>From now on nothing is learned, until <see cref="Release"/>.</summary>
    public void HoldBack()
    {
        lock (_lock)
            _isHoldingBack = true;
    }

    public void Release()
    {
        lock (_lock)
        {
            _isHoldingBack = false;
            _ = CatchUp();
        }
    }

    /// <summary>Learns what was held back so far.</summary>
    /// <returns>The runs that it was about.</returns>
    public IReadOnlyList<ObjectKey> CatchUp()
    {
        lock (_lock)
        {
            foreach (var change in _heldBack)
                Learn(change);
            var keys = _heldBack.Select(change => ObjectKey.Of(change.Object)).Distinct().ToList();
            _heldBack.Clear();
            return keys;
        }
    }

    /// <summary>What this controller wrote itself it knows at once.</summary>
    public void Wrote(JsonObject run)
    {
        lock (_lock)
            Learn(new ClusterEvent(ClusterEventType.Modified, run));
    }

    public void Apply(ClusterEvent change)
    {
        lock (_lock)
        {
            if (_isHoldingBack)
                _heldBack.Add(change);
            else
                Learn(change);
        }
    }

    private void Learn(ClusterEvent change)
    {
        var key = ObjectKey.Of(change.Object);
        if (_runs.TryGetValue(key, out var known) && Version(known) > Version(change.Object))
            return;
        if (change.Type == ClusterEventType.Deleted)
            _runs.Remove(key);
        else
            _runs[key] = (JsonObject)change.Object.DeepClone();
    }

    private static long Version(JsonObject run) =>
        long.TryParse(run.Text("metadata", "resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var version)
            ? version
            : 0;
}

using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// One reconcile at work: what was read, the status that is being written, and the writes so far. Each stage of a
/// strategy adds to it; nothing reaches the cluster before the pass is over.
/// </summary>
internal sealed class RolloutPass
{
    private readonly List<ClusterWrite> _writes = [];
    private readonly List<ReplicaSetView> _replicaSets;

    public RolloutPass(RolloutState state)
    {
        State = state;
        Status = state.Rollout.Object("status") ?? [];
        Next = (JsonObject)Status.DeepClone();
        LatestHash = PodTemplateHash.Of(state.Rollout.At("spec", "template"));
        _replicaSets = [.. state.ReplicaSets.Select(item => new ReplicaSetView((JsonObject)item.DeepClone()))];
        Pauses = new PauseChanges(Status);
    }

    public RolloutState State { get; }
    public JsonObject Rollout => State.Rollout;

    /// <summary>The status as it was read.</summary>
    public JsonObject Status { get; }

    /// <summary>The status as it will be.</summary>
    public JsonObject Next { get; }

    public PauseChanges Pauses { get; }
    public DateTimeOffset Now => State.Now;
    public DateTimeOffset? NextAt { get; private set; }
    public IReadOnlyList<ClusterWrite> Writes => _writes;

    /// <summary>The hash of the template that stands in the spec now.</summary>
    public string LatestHash { get; }

    public string Name => Rollout.Text("metadata", "name") ?? "";
    public JsonObject Canary => Rollout.Object("spec", "strategy", "canary") ?? [];
    public JsonObject? BlueGreen => Rollout.Object("spec", "strategy", "blueGreen");

    /// <summary>The one that the Rollout has, for the fields that both know.</summary>
    public JsonObject Strategy => BlueGreen ?? Canary;

    public IReadOnlyList<JsonObject> Steps => Canary.Items("steps");
    public bool HasTrafficRouting => Canary.Object("trafficRouting") is not null;

    /// <summary>Whether stable shrinks as the canary's weight grows; without traffic routing it does anyhow.</summary>
    public bool ScalesStableDynamically => HasTrafficRouting && Canary.Flag("dynamicStableScale");

    public int Replicas => Rollout.Int("spec", "replicas") ?? 1;
    public bool IsPausedBySpec => Rollout.Flag("spec", "paused");
    public bool IsPromotingFully => Status.Flag("promoteFull");
    public string StableHash => Status.Text("stableRS") ?? "";
    public bool IsFullyPromoted => StableHash == LatestHash;
    public bool IsAborted => Pauses.IsAborted;

    public IReadOnlyList<ReplicaSetView> ReplicaSets => _replicaSets;

    /// <summary>The ReplicaSet of the template in the spec; the stable one too when nothing is being updated.</summary>
    public ReplicaSetView? Latest => _replicaSets.Find(set => set.Hash == LatestHash);

    public ReplicaSetView? Stable => StableHash.Length == 0 ? null : _replicaSets.Find(set => set.Hash == StableHash);

    /// <summary>Whether there is a stable ReplicaSet beside the latest one.</summary>
    public bool HasSeparateStable => Stable is not null && !IsFullyPromoted;

    public IEnumerable<ReplicaSetView> Others =>
        _replicaSets.Where(set => set.Hash != LatestHash && set.Hash != StableHash);

    /// <summary>0-based; the number of steps when all are done; null when there are no steps.</summary>
    public int? StepIndex => Steps.Count == 0 ? null
        : IsPromotingFully ? Steps.Count
        : Math.Clamp(Status.Int("currentStepIndex") ?? 0, 0, Steps.Count);

    public JsonObject? CurrentStep => StepIndex is { } index && index < Steps.Count ? Steps[index] : null;

    public int Revision =>
        int.TryParse(Rollout.Text("metadata", "annotations", ArgoNames.Revision), NumberStyles.None,
            CultureInfo.InvariantCulture, out var revision)
            ? revision
            : 0;

    public void Write(ClusterWrite write) => _writes.Add(write);

    public void Emit(string reason, string message, bool isWarning = false) =>
        _writes.Add(new ClusterWrite.Emit(new ObjectEvent(isWarning, reason, message)));

    /// <summary>The body may still be changed by later stages of this pass.</summary>
    public void AddReplicaSet(JsonObject body)
    {
        _replicaSets.Add(new ReplicaSetView(body));
        _writes.Add(new ClusterWrite.Create(ArgoNames.ReplicaSets, body));
    }

    public void LookAgainAt(DateTimeOffset? at)
    {
        if (at is not null && (NextAt is null || at < NextAt))
            NextAt = at;
    }

    /// <summary>Sets a field of <c>status.canary</c> or <c>status.blueGreen</c>, or removes it.</summary>
    public void SetStatus(string strategy, string field, JsonNode? value)
    {
        if (value is not null)
            Next.Child(strategy)[field] = value;
        else
            Next.Object(strategy)?.Remove(field);
    }
}

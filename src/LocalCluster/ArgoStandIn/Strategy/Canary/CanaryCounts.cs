using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.Canary;

/// <summary>How many pods each ReplicaSet of a canary gets (utils/replicaset/canary.go, v1.10).</summary>
internal readonly record struct CanaryCounts(int Canary, int Stable)
{
    private const int DefaultSurgePercent = 25;

    /// <summary>The weight that the current step asks for, 0..100.</summary>
    public static int Weight(RolloutPass pass)
    {
        if (pass.IsPromotingFully || pass.IsFullyPromoted)
            return 100;
        if (pass.IsAborted)
            return 0;
        if (pass.CurrentStep is null)
            return 100;
        return WeightAt(pass, pass.StepIndex!.Value);
    }

    /// <summary>The last setWeight at or before a step; 0 when there is none.</summary>
    public static int WeightAt(RolloutPass pass, int step) =>
        pass.Steps.Take(step + 1).Select(item => item.Int("setWeight")).LastOrDefault(weight => weight >= 0) ?? 0;

    /// <summary>Where the counts shall end: both rounded up, so that neither is 0 unless its weight is.</summary>
    public static CanaryCounts Desired(RolloutPass pass)
    {
        var weight = Weight(pass);
        if (!pass.HasSeparateStable)
            return new(pass.Replicas, 0);
        var stable = pass.HasTrafficRouting ? pass.Replicas : Share(pass.Replicas, 100 - weight);
        return new(Share(pass.Replicas, weight), stable);
    }

    /// <summary>The next counts on the way there, within maxSurge and maxUnavailable.</summary>
    public static CanaryCounts Next(RolloutPass pass)
    {
        var desired = Desired(pass);
        if (pass.Latest is not { } canary)
            return new(0, pass.HasSeparateStable ? pass.Stable!.Replicas : 0);
        var stable = pass.HasSeparateStable ? pass.Stable : null;
        if (pass.HasTrafficRouting || !pass.HasSeparateStable && !pass.Others.Any(set => set.Replicas > 0))
            return desired;

        var scaled = ScaleUp(pass, desired, canary, stable);
        // Older ReplicaSets go down before either of these two does.
        return pass.Others.Any(set => set.Replicas > 0) ? scaled : ScaleDown(pass, desired, scaled, canary, stable);
    }

    public static int MaxUnavailable(RolloutPass pass)
    {
        var fallback = pass.Replicas * DefaultSurgePercent / 100;
        var unavailable = PercentOrCount(pass, "maxUnavailable", fallback, roundUp: false);
        return unavailable == 0 && MaxSurge(pass) == 0 ? 1 : Math.Min(unavailable, pass.Replicas);
    }

    /// <summary>Whether the step's counts are reached, with every pod available and no older pod left.</summary>
    public static bool AreReached(RolloutPass pass)
    {
        var desired = Desired(pass);
        return IsAt(pass.Latest, desired.Canary) && IsAt(pass.Stable, desired.Stable)
            && pass.Others.All(set => set.AvailableReplicas == 0);
    }

    private static bool IsAt(ReplicaSetView? set, int count) =>
        set is not null && set.Replicas == count && set.AvailableReplicas == count;

    private static CanaryCounts ScaleUp(
        RolloutPass pass, CanaryCounts desired, ReplicaSetView canary, ReplicaSetView? stable)
    {
        // Where the weight does not divide the replicas, both counts are rounded up: one pod more is allowed.
        var extra = pass.Replicas * Weight(pass) % 100 == 0 ? 0 : 1;
        var room = pass.Replicas + MaxSurge(pass) + extra - pass.ReplicaSets.Sum(set => set.Replicas);
        var stableCount = stable?.Replicas ?? 0;
        if (stableCount < desired.Stable && room > 0)
        {
            var added = Math.Min(room, desired.Stable - stableCount);
            stableCount += added;
            room -= added;
        }
        var canaryCount = canary.Replicas;
        if (canaryCount < desired.Canary && room > 0)
            canaryCount += Math.Min(room, desired.Canary - canaryCount);
        return new(canaryCount, stableCount);
    }

    private static CanaryCounts ScaleDown(
        RolloutPass pass, CanaryCounts desired, CanaryCounts scaled, ReplicaSetView canary, ReplicaSetView? stable)
    {
        // The arm that shrinks may count pods that are not available: they cannot hold the update up.
        var isIncreasing = desired.Canary >= canary.Replicas;
        var spare = Countable(canary, ignoresAvailability: !isIncreasing)
            + Countable(stable, ignoresAvailability: isIncreasing) - (pass.Replicas - MaxUnavailable(pass));
        if (spare <= 0)
            return scaled;
        var (canaryCount, stableCount) = scaled;
        if (canary.Replicas > desired.Canary)
        {
            var removed = Math.Min(spare, canary.Replicas - desired.Canary);
            canaryCount = canary.Replicas - removed;
            spare -= removed;
        }
        if (stable is not null && stable.Replicas > desired.Stable)
            stableCount = stable.Replicas - Math.Min(spare, stable.Replicas - desired.Stable);
        return new(canaryCount, stableCount);
    }

    private static int Countable(ReplicaSetView? set, bool ignoresAvailability) =>
        set is null ? 0
        : ignoresAvailability ? set.Replicas
        : Math.Min(set.Replicas, set.AvailableReplicas);

    private static int MaxSurge(RolloutPass pass) =>
        PercentOrCount(pass, "maxSurge", Share(pass.Replicas, DefaultSurgePercent), roundUp: true);

    private static int PercentOrCount(RolloutPass pass, string field, int fallback, bool roundUp)
    {
        if (pass.Canary.Int(field) is { } count)
            return count;
        if (pass.Canary.Text(field) is not { } text || !text.EndsWith('%')
            || !int.TryParse(text.AsSpan(0, text.Length - 1), out var percent))
        {
            return fallback;
        }
        return roundUp ? Share(pass.Replicas, percent) : pass.Replicas * percent / 100;
    }

    private static int Share(int replicas, int percent) => ((replicas * percent) + 99) / 100;
}

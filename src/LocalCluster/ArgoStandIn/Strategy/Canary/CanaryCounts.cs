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

    /// <summary>Where the counts shall end.</summary>
    public static CanaryCounts Desired(RolloutPass pass)
    {
        if (!pass.HasSeparateStable)
            return new(pass.Replicas, 0);
        return pass.HasTrafficRouting
            ? Routed(pass)
            : Nearest(pass.Replicas, Weight(pass), canSurge: MaxSurge(pass) > 0);
    }

    /// <summary>
    /// The counts that come nearest to the weight, of those that sum to the replicas or, with surge, to one more.
    /// Between two equally near the canary gets the larger one. Neither arm is empty unless the weight says so, but for
    /// a single pod that may not surge: there one arm alone fits.
    /// </summary>
    public static CanaryCounts Nearest(int replicas, int weight, bool canSurge)
    {
        if (replicas == 0)
            return new(0, 0);
        var mayBeEmpty = weight is 0 or 100 || (replicas == 1 && !canSurge);
        var (up, down) = (Share(replicas, weight), replicas * weight / 100);
        var options = new List<(int Canary, int Total)>();
        for (var total = replicas; total <= replicas + (canSurge ? 1 : 0); total++)
        {
            if (up < total || mayBeEmpty)
                options.Add((up, total));
            var isTied = total * weight % 100 == 50;
            if (!isTied && (down > 0 || mayBeEmpty))
                options.Add((down, total));
        }
        if (options.Count == 0)
            return new(0, replicas);
        var (canary, all) = options.MinBy(option => Math.Abs((option.Canary * 100.0 / option.Total) - weight));
        return new(canary, all - canary);
    }

    /// <summary>
    /// With traffic routing stable stays whole, unless dynamicStableScale: then each arm has the pods for the traffic
    /// that it has or shall have, whichever is more.
    /// </summary>
    private static CanaryCounts Routed(RolloutPass pass)
    {
        var scale = CanaryStep.CanaryScale(pass);
        var weight = scale switch
        {
            { } given when given.Int("replicas") is not null => 0,
            { } given when given.Int("weight") is { } own => own,
            _ => Weight(pass),
        };
        var canary = scale.Int("replicas") ?? Share(pass.Replicas, weight);
        if (!pass.ScalesStableDynamically)
            return new(canary, pass.Replicas);
        var stable = Share(pass.Replicas, 100 - weight);
        if (pass.Status.Object("canary", "weights") is { } weights)
        {
            stable = Math.Max(stable, Share(pass.Replicas, weights.Int("stable", "weight") ?? 0));
            if (pass.IsAborted)
                canary = Math.Max(canary, Share(pass.Replicas, weights.Int("canary", "weight") ?? 0));
        }
        return new(canary, stable);
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

    /// <summary>
    /// Whether the step's counts are reached: every pod of the canary available, those of stable there, and, where pods
    /// get traffic by being there, no older pod left.
    /// </summary>
    public static bool AreReached(RolloutPass pass)
    {
        var desired = Desired(pass);
        var canary = pass.Latest;
        var stable = pass.Stable;
        return canary?.Replicas == desired.Canary && canary.AvailableReplicas == desired.Canary
            && (pass.ScalesStableDynamically
                || (stable?.Replicas == desired.Stable && stable.CurrentReplicas == desired.Stable))
            && (pass.HasTrafficRouting || pass.Others.All(set => set.AvailableReplicas == 0));
    }

    private static CanaryCounts ScaleUp(
        RolloutPass pass, CanaryCounts desired, ReplicaSetView canary, ReplicaSetView? stable)
    {
        var room = pass.Replicas + MaxSurge(pass) - pass.ReplicaSets.Sum(set => set.Replicas);
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
        if (!isIncreasing)
            return scaled with { Canary = Math.Max(desired.Canary, canary.Replicas - spare) };
        return stable?.Replicas > desired.Stable
            ? scaled with { Stable = Math.Max(desired.Stable, stable.Replicas - spare) }
            : scaled;
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

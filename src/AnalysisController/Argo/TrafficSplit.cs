using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>Whether a Rollout's strategy lets both versions serve at the same time, at this moment.</summary>
internal static class TrafficSplit
{
    private const int All = 100;

    /// <summary>
    /// False for blue-green, before its switch and after it, and while the canary's weight is 0 or 100. The weight is
    /// what a traffic router was told (argo-rollouts types.go TrafficWeights); without a router, what the last
    /// <c>setWeight</c> asked for (utils/replicaset/canary.go GetCurrentSetWeight).
    /// </summary>
    public static bool SharesTraffic(Rollout rollout)
    {
        if (rollout.Spec.Strategy is { BlueGreen: not null } or { Canary: null })
        {
            return rollout.Spec.Strategy.BlueGreen is null;
        }

        var weight =
            rollout.Status.Canary?.Weights?.Canary?.Weight
            ?? WeightAt(rollout.Spec.Strategy.Canary.Steps, rollout.Status.CurrentStepIndex ?? 0);
        return weight is not (0 or All);
    }

    /// <summary>Null where no step has set one: then the number of pods decides.</summary>
    private static int? WeightAt(IReadOnlyList<CanaryStep> steps, int current) =>
        steps.Take(current + 1).LastOrDefault(step => step.SetWeight is not null)?.SetWeight;
}

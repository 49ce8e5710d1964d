using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Policy;

/// <summary>
/// Which of several policies judges a Rollout: one that names it beats one that selects it, then more labels, then the
/// older one, then the name that sorts first. A total order, so that every replica finds the same one.
/// </summary>
internal static class PolicySelection
{
    /// <summary>The policies of the Rollout's namespace that select it, the one that judges it first.</summary>
    public static IReadOnlyList<PolicyTerms> For(Rollout rollout, IEnumerable<CanaryPolicy> policies) =>
        For(rollout, Valid(policies));

    /// <summary>Those that can be used: reading one takes longer than selecting by it.</summary>
    public static IReadOnlyList<PolicyTerms> Valid(IEnumerable<CanaryPolicy> policies) =>
        [.. policies.Select(PolicyReader.Read).OfType<PolicyResult.Valid>().Select(valid => valid.Terms)];

    public static IReadOnlyList<PolicyTerms> For(Rollout rollout, IReadOnlyList<PolicyTerms> policies) =>
        [
            .. policies
                .Where(terms => terms.Selects(rollout))
                .OrderBy(terms => terms.RolloutName is null)
                .ThenByDescending(terms => terms.MatchLabels.Count)
                .ThenBy(terms => terms.Metadata.CreationTimestamp)
                .ThenBy(terms => terms.Name, StringComparer.Ordinal),
        ];
}

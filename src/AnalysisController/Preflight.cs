using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController;

/// <summary>What the cluster is, as far as it matters to us.</summary>
/// <param name="Version">The API server's.</param>
/// <param name="HasExperiments">
/// Whether Experiments are served and may be read: a Rollout without them needs none.
/// </param>
/// <param name="HasPolicies">Whether the CRD of CanaryPolicy is installed.</param>
internal sealed record ClusterTraits(string Version, bool HasExperiments, bool HasPolicies);

/// <summary>
/// What must hold before anything is started: the server answers, serves what we watch, and lets us. One object of each
/// resource is asked for, no more: the watches list them all anyway.
/// </summary>
internal static class Preflight
{
    /// <param name="namespaces">Null among them is all namespaces.</param>
    public static async Task<ClusterTraits> CheckAsync(
        KubernetesClient client,
        IReadOnlyList<string?> namespaces,
        CancellationToken cancellation
    )
    {
        var version = await client.GetServerVersionAsync(cancellation);
        try
        {
            foreach (var scope in namespaces)
            {
                await client.TryListAsync(ResourceTypes.AnalysisRuns, scope, cancellation);
                await client.TryListAsync(ResourceTypes.Rollouts, scope, cancellation);
                await client.TryListAsync(ResourceTypes.ReplicaSets, scope, cancellation);
                await client.TryListAsync(ResourceTypes.Pods, scope, cancellation);
            }
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            throw new KubernetesException(
                $"the cluster does not serve argoproj.io/v1alpha1; is Argo Rollouts installed? ({e.Message})",
                e
            );
        }

        return new ClusterTraits(
            version,
            await MayReadExperimentsAsync(client, namespaces, cancellation),
            await client.ServesAsync(ResourceTypes.CanaryPolicies, cancellation)
        );
    }

    private static async Task<bool> MayReadExperimentsAsync(
        KubernetesClient client,
        IReadOnlyList<string?> namespaces,
        CancellationToken cancellation
    )
    {
        try
        {
            foreach (var scope in namespaces)
            {
                await client.TryListAsync(ResourceTypes.Experiments, scope, cancellation);
            }

            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound || e.IsForbidden)
        {
            return false;
        }
    }
}

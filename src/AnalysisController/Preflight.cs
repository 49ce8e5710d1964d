using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController;

/// <summary>What the cluster is, as far as it matters to us.</summary>
/// <param name="Version">The API server's.</param>
/// <param name="HasPolicies">Whether the CRD of CanaryPolicy is installed.</param>
internal sealed record ClusterTraits(string Version, bool HasPolicies);

/// <summary>What must hold before anything is started: the server answers, and serves what we watch.</summary>
internal static class Preflight
{
    public static async Task<ClusterTraits> CheckAsync(
        KubernetesClient client,
        string? @namespace,
        CancellationToken cancellation
    )
    {
        var version = await client.GetServerVersionAsync(cancellation);
        try
        {
            await client.ListAsync(ResourceTypes.AnalysisRuns, @namespace, cancellation);
            await client.ListAsync(ResourceTypes.Rollouts, @namespace, cancellation);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            throw new KubernetesException(
                $"the cluster does not serve argoproj.io/v1alpha1; is Argo Rollouts installed? ({e.Message})",
                e
            );
        }

        return new ClusterTraits(version, await client.ServesAsync(ResourceTypes.CanaryPolicies, cancellation));
    }
}

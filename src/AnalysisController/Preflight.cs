using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController;

/// <summary>What must hold before anything is started: the server answers, and serves what we watch.</summary>
internal static class Preflight
{
    /// <returns>The API server's version.</returns>
    public static async Task<string> CheckAsync(
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

        return version;
    }
}

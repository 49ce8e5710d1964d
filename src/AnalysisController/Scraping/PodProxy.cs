using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Scraping;

/// <summary>
/// The API server's proxy to a pod (kubernetes/kubernetes pkg/registry/core/pod/rest/subresources.go): the pod's path
/// below a path of the API server.
/// </summary>
internal static class PodProxy
{
    /// <summary>Path and query below the API server's address.</summary>
    /// <returns>
    /// Null for a path that would leave the pod's: what a pod's annotation says must not become another request that
    /// our credentials would make.
    /// </returns>
    public static Uri? Of(Pod pod, Uri direct)
    {
        if (Climbs(direct.AbsolutePath))
        {
            return null;
        }

        var scheme = direct.Scheme == Uri.UriSchemeHttps ? "https:" : "";
        var name = $"{scheme}{pod.Metadata.Name}:{direct.Port}";
        return new Uri(
            $"api/v1/namespaces/{pod.Metadata.Namespace}/pods/{name}/proxy{direct.PathAndQuery}",
            UriKind.Relative
        );
    }

    /// <summary>Whether a server that decodes once, or once more, might see a step upwards.</summary>
    private static bool Climbs(string path)
    {
        while (true)
        {
            if (path.Split('/', '\\').Any(segment => segment is "." or ".."))
            {
                return true;
            }

            var decoded = Uri.UnescapeDataString(path);
            if (decoded == path)
            {
                return false;
            }

            path = decoded;
        }
    }
}

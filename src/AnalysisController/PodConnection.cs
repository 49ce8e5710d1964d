using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController;

/// <summary>The connection over which pods are asked: their own, or the API server's.</summary>
internal static class PodConnection
{
    public static HttpClient Open(ScrapeOptions options, ClusterConfig cluster) =>
        options.Via switch
        {
            ScrapeVia.Pod => ScrapeHttp.Connect(options),
            ScrapeVia.ApiServer => KubernetesHttp.Connect(cluster),
        };
}

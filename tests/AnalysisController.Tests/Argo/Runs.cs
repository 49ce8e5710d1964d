using System.Text.Json;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Argo;

/// <summary>AnalysisRuns as the API server hands them out.</summary>
internal static class Runs
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <param name="metric">More fields of our metric, such as <c>"failureLimit": 3</c>.</param>
    /// <param name="results">The whole of <c>status.metricResults</c>.</param>
    public static AnalysisRun Running(
        string metric = "",
        string results = "[]",
        string spec = "",
        string phase = "Running"
    ) =>
        Parse(
            $$"""
            {
              "metadata": {
                "name": "sample-abc-2-1", "namespace": "default", "uid": "u1", "resourceVersion": "41",
                "labels": {"rollout-type": "Step", "rollouts-pod-template-hash": "abc"}
              },
              "spec": {
                "metrics": [
                  {"name": "web", "provider": {"web": {"url": "http://x"} } },
                  {"name": "canary",
                   "provider": {"plugin": {"rollouts-companion.io/canary": {"preset": "fast"} } }{{Comma(metric)}}
                  }
                ]{{Comma(spec)}}
              },
              "status": {"phase": "{{phase}}", "startedAt": "2026-01-01T11:59:00Z", "metricResults": {{results}}}
            }
            """
        );

    public static AnalysisRun Parse(string json) =>
        JsonSerializer.Deserialize(json, KubernetesJson.Default.AnalysisRun)!;

    private static string Comma(string more) => more.Length == 0 ? "" : ", " + more;
}

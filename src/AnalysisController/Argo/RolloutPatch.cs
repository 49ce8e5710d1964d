using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>
/// The two merge patches by which direct mode acts on a Rollout, those of Argo's own command line (argo-rollouts
/// pkg/kubectl-argo-rollouts/cmd/abort, cmd/pause), each under the resourceVersion at which its pair was checked:
/// an abort without it would hit the next revision.
/// </summary>
internal static class RolloutPatch
{
    /// <summary>For the subresource <c>status</c>.</summary>
    public static JsonObject Abort(Rollout rollout) =>
        new()
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = rollout.Metadata.ResourceVersion },
            ["status"] = new JsonObject { ["abort"] = true },
        };

    /// <summary>For the Rollout itself.</summary>
    public static JsonObject Pause(Rollout rollout) =>
        new()
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = rollout.Metadata.ResourceVersion },
            ["spec"] = new JsonObject { ["paused"] = true },
        };
}

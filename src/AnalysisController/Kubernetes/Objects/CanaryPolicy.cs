using System.Text.Json;

namespace Rollouts.AnalysisController.Kubernetes.Objects;

/// <summary>
/// <c>rollouts-companion.io/v1alpha1 CanaryPolicy</c>. Its spec is kept as it was written: one reader validates it,
/// here and in <c>lint</c>.
/// </summary>
internal sealed record CanaryPolicy : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    public JsonElement Spec { get; init; }

    public JsonElement Status { get; init; }
}

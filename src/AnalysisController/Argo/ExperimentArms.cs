using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>
/// Which ReplicaSet of an Experiment is which arm: its template copies the stable pods or the canary's. Both begin at
/// the same moment, so that stable's copy is a fresh baseline.
/// </summary>
internal static class ExperimentArms
{
    /// <summary>The mark that Argo puts on an Experiment's ReplicaSets (experiment_types.go).</summary>
    private const string TemplateName = "experiment.argoproj.io/template-name";

    /// <summary>Null for a template that copies neither, or that the step under way does not name.</summary>
    public static Arm? Of(ReplicaSet set, Rollout rollout)
    {
        var name =
            set.Metadata.Annotations.GetValueOrDefault(TemplateName)
            ?? set.Metadata.Labels.GetValueOrDefault(TemplateName);
        var step = rollout.Spec.Strategy.Canary?.Steps.ElementAtOrDefault(rollout.Status.CurrentStepIndex ?? 0);
        var template = step?.Experiment?.Templates.FirstOrDefault(template => template.Name == name);
        return template?.SpecRef switch
        {
            "stable" => Arm.Stable,
            "canary" => Arm.Canary,
            _ => null,
        };
    }
}

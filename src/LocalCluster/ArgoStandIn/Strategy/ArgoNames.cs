namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>Resources, labels and annotations of Argo Rollouts (pkg/apis/rollouts/v1alpha1/types.go, v1.10).</summary>
internal static class ArgoNames
{
    public const string ApiVersion = "argoproj.io/v1alpha1";
    public const string Rollouts = "rollouts.argoproj.io";
    public const string AnalysisRuns = "analysisruns.argoproj.io";
    public const string AnalysisTemplates = "analysistemplates.argoproj.io";
    public const string ClusterAnalysisTemplates = "clusteranalysistemplates.argoproj.io";
    public const string ReplicaSets = "replicasets.apps";
    public const string Services = "services";
    public const string Deployments = "deployments.apps";
    public const string Experiments = "experiments.argoproj.io";

    public const string HashLabel = "rollouts-pod-template-hash";
    public const string TypeLabel = "rollout-type";
    public const string StepIndexLabel = "step-index";
    public const string InstanceLabel = "argo-rollouts.argoproj.io/controller-instance-id";

    public const string Revision = "rollout.argoproj.io/revision";
    public const string RevisionHistory = "rollout.argoproj.io/revision-history";
    public const string DesiredReplicas = "rollout.argoproj.io/desired-replicas";
    public const string WorkloadGeneration = "rollout.argoproj.io/workload-generation";
    public const string ExperimentName = "experiment.argoproj.io/name";
    public const string ExperimentTemplate = "experiment.argoproj.io/template-name";
    public const string ManagedBy = "argo-rollouts.argoproj.io/managed-by-rollouts";
    public const string ScaleDownDeadline = "scale-down-deadline";
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
}

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>A Kubernetes Event to be recorded about the object under work.</summary>
internal readonly record struct ObjectEvent(bool IsWarning, string Reason, string Message);

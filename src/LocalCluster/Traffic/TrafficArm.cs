namespace Rollouts.LocalCluster.Traffic;

/// <summary>Which version of a Rollout a pod runs.</summary>
internal enum TrafficArm
{
    Stable,
    Canary,

    /// <summary>Neither: a version on its way out.</summary>
    Other,
}

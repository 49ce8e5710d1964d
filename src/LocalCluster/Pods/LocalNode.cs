namespace Rollouts.LocalCluster.Pods;

/// <summary>The only node there is: this machine.</summary>
internal static class LocalNode
{
    public const string Name = "local";
}

namespace Rollouts.LocalCluster.ApiServer;

/// <summary>
/// The cluster cannot start: a CRD file that cannot be served, a port in use; the message is one line that names it.
/// </summary>
internal sealed class ClusterStartException : Exception
{
    public ClusterStartException() { }

    public ClusterStartException(string message)
        : base(message) { }

    public ClusterStartException(string message, Exception innerException)
        : base(message, innerException) { }
}

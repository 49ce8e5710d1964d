namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// A pod asks for something that the local cluster does not model; the message goes into the pod's status.
/// </summary>
internal sealed class UnsupportedPodException : Exception
{
    public UnsupportedPodException()
    {
    }

    public UnsupportedPodException(string message)
        : base(message)
    {
    }

    public UnsupportedPodException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

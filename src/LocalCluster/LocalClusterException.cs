namespace Rollouts.LocalCluster;

/// <summary>What a person at the command line must read, in one line; the program ends with exit code 1.</summary>
internal sealed class LocalClusterException : Exception
{
    public LocalClusterException()
    {
    }

    public LocalClusterException(string message)
        : base(message)
    {
    }

    public LocalClusterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

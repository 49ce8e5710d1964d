namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>A CRD file that cannot be served; the message is one line: file and reason.</summary>
internal sealed class CrdFileException : Exception
{
    public CrdFileException()
    {
    }

    public CrdFileException(string message)
        : base(message)
    {
    }

    public CrdFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

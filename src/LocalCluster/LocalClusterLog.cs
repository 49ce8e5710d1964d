namespace Rollouts.LocalCluster;

/// <summary>Every log message of this executable's own parts.</summary>
internal static partial class LocalClusterLog
{
    [LoggerMessage(1, LogLevel.Error, "pod {Namespace}/{Name} is given up: {Why}")]
    public static partial void PodGivenUp(
        this ILogger logger,
        Exception failure,
        string @namespace,
        string name,
        string why);

    [LoggerMessage(2, LogLevel.Error, "{Part} failed and starts again in {Pause}")]
    public static partial void PartFailed(this ILogger logger, Exception failure, string part, TimeSpan pause);
}

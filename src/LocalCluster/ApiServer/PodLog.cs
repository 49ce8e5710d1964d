namespace Rollouts.LocalCluster.ApiServer;

/// <param name="TailLines">Null for all lines that are kept.</param>
internal sealed record PodLogQuery(
    string Namespace,
    string Pod,
    string? Container,
    bool Previous,
    bool Follow,
    int? TailLines);

/// <summary>Opens a container's log, line by line; null = no such log.</summary>
internal delegate IAsyncEnumerable<string>? PodLogReader(PodLogQuery query, CancellationToken cancellation);

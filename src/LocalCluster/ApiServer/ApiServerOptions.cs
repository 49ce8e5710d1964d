using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rollouts.LocalCluster.ApiServer;

internal sealed record ApiServerOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Every .yaml file in it and below is read; null serves the built-in kinds only.</summary>
    public string? CrdFolder { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Null when no pod runs here: every log request is answered 404.</summary>
    public PodLogReader? PodLogReader { get; init; }

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Changes remembered per resource, for watches and lists that ask for an older version.</summary>
    public int HistoryPerResource { get; init; } = 1000;

    /// <summary>Changes that may wait for one watcher before it is ended with 410.</summary>
    public int WatchQueueBound { get; init; } = 1000;

    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(10);
}

using System.Net;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController;

/// <summary>What <c>run</c> was told, checked.</summary>
internal sealed record ControllerOptions
{
    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }

    /// <summary>Empty watches all namespaces.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>
    /// Judge the Rollouts that carry this instance id; null judges those that carry none, as Argo's own controller
    /// does.
    /// </summary>
    public string? InstanceId { get; init; }

    /// <summary>A file with the bearer token that the verdict endpoint asks for; null lets everybody ask.</summary>
    public string? VerdictTokenFile { get; init; }

    public required IPEndPoint Listen { get; init; }

    public ScrapeOptions Scrape { get; init; } = new();

    public LogFormat LogFormat { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Null keeps no journal.</summary>
    public JournalOptions? Journal { get; init; }

    /// <summary>Null leads without asking anybody.</summary>
    public LeaseOptions? Lease { get; init; }
}

/// <summary>What was said of the lease; what was not said, the cluster's configuration answers.</summary>
/// <param name="Namespace">Null takes the service account's, then the context's, then default.</param>
internal sealed record LeaseOptions(
    string Name, string? Namespace, TimeSpan LeaseDuration, TimeSpan RenewDeadline, TimeSpan RetryPeriod);

internal enum LogFormat
{
    Text,
    Json,
}

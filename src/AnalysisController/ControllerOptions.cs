using System.Net;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController;

/// <summary>What <c>run</c> was told, checked.</summary>
internal sealed record ControllerOptions
{
    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }

    /// <summary>Null watches all namespaces.</summary>
    public string? Namespace { get; init; }

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
}

internal enum LogFormat
{
    Text,
    Json,
}

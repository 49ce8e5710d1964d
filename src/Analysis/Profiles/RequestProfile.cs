namespace Rollouts.Analysis.Profiles;

/// <summary>
/// Which names a framework gives to requests, their status and their duration: one row of the detection table.
/// </summary>
/// <param name="Name">Stable name, for policies, logs and metrics.</param>
/// <param name="Requests">
/// Sample name of the request count; the histogram's own <c>_count</c> where there is no counter.
/// </param>
/// <param name="Duration">Family name of the duration histogram; null where there is none.</param>
/// <param name="SecondsPerUnit">1 for seconds, 0.001 for milliseconds.</param>
/// <param name="StatusLabel">Label of the request count that tells the outcome.</param>
/// <param name="RouteLabel">Label that tells the route; null where there is none.</param>
/// <param name="OnlyLabel">
/// Label that must have the value <paramref name="OnlyValue"/>, lest requests count twice; null for all.
/// </param>
public sealed record RequestProfile(
    string Name,
    string Requests,
    string? Duration,
    double SecondsPerUnit,
    string StatusLabel,
    string? RouteLabel,
    string? OnlyLabel = null,
    string? OnlyValue = null);

namespace Rollouts.Api.Health;

/// <summary>Answer of <c>/health</c>: the shape of draft-inadarei-api-health-check-05.</summary>
internal sealed record HealthAnswer(
    string Status,
    string Version,
    string ReleaseId,
    string ServiceId,
    string Description,
    SortedDictionary<string, HealthEntry[]> Checks,
    Dictionary<string, string> Links);

/// <summary>One observation. <paramref name="Status"/> is pass, warn or fail.</summary>
internal sealed record HealthEntry(
    string Status,
    string ComponentType,
    double? ObservedValue,
    string? ObservedUnit,
    DateTimeOffset Time,
    string? Output);

namespace Rollouts.Analysis.Policy;

/// <summary>An absolute limit that the owner set on the canary alone.</summary>
/// <param name="Metric">Name of a ratio metric of the spec.</param>
/// <param name="Most">Largest acceptable ratio of bad events; 0..1.</param>
/// <param name="MinimumExposure">
/// Requests (or probes, or pod-seconds) of the canary in this step before the limit speaks; at least 1.
/// </param>
/// <param name="SlowerThanSeconds">
/// For a latency metric: what counts as slow, rounded up to the next bucket bound. Null for stable's own boundary.
/// </param>
public sealed record LimitSpec(string Metric, double Most, double MinimumExposure, double? SlowerThanSeconds = null);

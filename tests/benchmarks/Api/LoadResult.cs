namespace Rollouts.benchmarks.Api;

/// <summary>One measurement.</summary>
internal sealed record LoadResult(double RequestsPerSecond, double MedianMs, double P99Ms);

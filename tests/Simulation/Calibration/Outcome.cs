namespace Rollouts.Simulation.Calibration;

/// <summary>What became of one run: intervals counted from 1; null where it did not happen.</summary>
/// <param name="AbortAt">The judge's abort.</param>
/// <param name="PassAt">The judge's first pass, if it came before an abort.</param>
/// <param name="CanaryRequests">Requests of the canary from the onset to the abort, or to the end.</param>
/// <param name="Others">Aborts of the competing deciders, in their order.</param>
internal sealed record Outcome(int? AbortAt, int? PassAt, double CanaryRequests, int?[] Others);

using System.Collections.Immutable;

namespace Rollouts.Api.Faults;

/// <summary>How far faults may go.</summary>
internal sealed record FaultCaps(TimeSpan Duration, double Cores, int MemoryMb);

/// <summary>Whether faults are armed, who may switch them, and what is switched on from the start.</summary>
/// <param name="Token">The bearer token that a switch needs; empty when it needs none.</param>
internal sealed record FaultOptions(
    bool IsEnabled, string Token, int Seed, FaultCaps Caps, ImmutableArray<FaultSwitch> AtStart);

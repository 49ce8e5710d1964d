using System.Collections.Immutable;

namespace Rollouts.Analysis.Profiles;

/// <summary>What detection found, and what it passed over.</summary>
/// <param name="Reason">One of <see cref="ProfileRefusal"/> when nothing was picked; else null.</param>
public sealed record ProfileReport(
    RequestProfile? Picked, ImmutableArray<RejectedProfile> Rejected, string? Reason);

/// <summary>A profile whose request count was seen and that was not picked.</summary>
/// <param name="Seen">The sample name that was seen.</param>
public sealed record RejectedProfile(string Name, string Seen, string Why);

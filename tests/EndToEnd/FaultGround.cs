namespace Rollouts.EndToEnd;

/// <summary>Where the demo faults are played.</summary>
public sealed class FaultGround : DrillGround
{
    private protected override IReadOnlyList<Drill> Drills { get; } =
        [.. FaultDrills.All.Select(fault => fault.ToDrill())];
}

namespace Rollouts.Simulation.Deciders;

/// <summary>Somebody who looks at the same evidence and may abort.</summary>
internal abstract class Decider
{
    public abstract string Name { get; }

    /// <summary>Looks at one interval.</summary>
    /// <returns>True when the canary is aborted now.</returns>
    public abstract bool Aborts(ArmView view);
}

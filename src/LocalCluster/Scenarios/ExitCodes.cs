namespace Rollouts.LocalCluster.Scenarios;

internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>An unexpected outcome, or something could not start.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>Ctrl-C, as a shell reports it.</summary>
    public const int Interrupted = 130;
}

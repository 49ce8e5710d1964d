namespace Rollouts.LocalCluster.ArgoStandIn.Runs;

/// <summary>The phases of runs, metrics and measurements, as they stand on the wire.</summary>
internal static class AnalysisPhase
{
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Successful = "Successful";
    public const string Failed = "Failed";
    public const string Error = "Error";
    public const string Inconclusive = "Inconclusive";

    public static bool IsCompleted(string? phase) => phase is Successful or Failed or Error or Inconclusive;

    public static bool IsBad(string? phase) => phase is Failed or Error;

    /// <summary>Argo's order from best to worst (utils/analysis/helpers.go, v1.10).</summary>
    public static bool IsWorse(string current, string other) => Rank(other) > Rank(current);

    /// <summary>The place in that order; 0 is the best.</summary>
    public static int Rank(string? phase) => phase switch
    {
        Running => 1,
        Pending => 2,
        Inconclusive => 3,
        Error => 4,
        Failed => 5,
        _ => 0,
    };
}

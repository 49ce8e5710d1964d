using Rollouts.Analysis.Verdict;

namespace Rollouts.AnalysisController.Argo;

/// <summary>
/// Argo's phases of runs, metrics and measurements (argo-rollouts analysis_types.go), and the table from verdicts to
/// them.
/// </summary>
internal static class AnalysisPhase
{
    public const string Running = "Running";
    public const string Successful = "Successful";
    public const string Failed = "Failed";
    public const string Error = "Error";
    public const string Inconclusive = "Inconclusive";

    public static bool IsCompleted(string? phase) => phase is Successful or Failed or Error or Inconclusive;

    /// <summary>The phase with which a verdict ends our metric; null while it stays Running.</summary>
    public static string? Of(RunKind kind, Decision decision) =>
        decision switch
        {
            Decision.Abort => Failed,
            Decision.Inconclusive => Inconclusive,
            Decision.Pass => kind switch
            {
                RunKind.Background or RunKind.Report => null,
                RunKind.Step or RunKind.PrePromotion or RunKind.PostPromotion => Successful,
            },
            Decision.Continue => null,
        };
}

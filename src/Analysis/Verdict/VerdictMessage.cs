namespace Rollouts.Analysis.Verdict;

internal static class VerdictMessage
{
    public static string Compose(CanaryVerdict verdict) => verdict.Reason;
}

namespace Rollouts.Analysis.Verdict;

/// <summary>The stable reason strings; dashboards, alerts and scripts may match on them.</summary>
public static class VerdictReason
{
    /// <summary>Evidence is being gathered.</summary>
    public const string Collecting = "Collecting";
}

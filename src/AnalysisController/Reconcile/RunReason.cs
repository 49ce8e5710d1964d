namespace Rollouts.AnalysisController.Reconcile;

/// <summary>The reasons that lie with the run and not with the evidence; beside those of the judge.</summary>
internal static class RunReason
{
    /// <summary>What the template or the policy says of how to judge cannot be used.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>Nothing judges what was asked for: no run, or none that we have seen yet.</summary>
    public const string NotJudged = "NotJudged";

    /// <summary>Nobody has judged the run for a while: its last verdict is not repeated as if it were new.</summary>
    public const string StaleVerdict = "StaleVerdict";

    /// <summary>The question cannot be understood.</summary>
    public const string InvalidRequest = "InvalidRequest";

    /// <summary>The update ended, or gave way to another, before the run had a verdict.</summary>
    public const string UpdateEnded = "UpdateEnded";
}

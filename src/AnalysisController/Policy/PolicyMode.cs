namespace Rollouts.AnalysisController.Policy;

/// <summary>Whether verdicts are acted on.</summary>
internal enum PolicyMode
{
    /// <summary>Verdicts are recorded, nothing else.</summary>
    Observe,

    /// <summary>Verdicts do what <c>onFail</c> and <c>onInconclusive</c> say.</summary>
    Enforce,
}

/// <summary>What an Abort verdict does to the Rollout.</summary>
internal enum FailAction
{
    Abort,
    Pause,
    Report,
}

/// <summary>What an Inconclusive verdict does to the Rollout.</summary>
internal enum InconclusiveAction
{
    Pause,
    Report,
}

/// <summary>What an Inconclusive verdict for want of evidence means. It is never good, and never bad.</summary>
internal enum NoDataAction
{
    /// <summary>The same as any other Inconclusive verdict.</summary>
    Inconclusive,

    /// <summary>Recorded, but never acted on.</summary>
    Ignore,
}

namespace Rollouts.AnalysisController.Argo;

/// <summary>How a verdict travels from us to the Rollout.</summary>
internal enum VerdictRoute
{
    /// <summary>Argo made the run for our provider; we write the metric's result into it.</summary>
    Push,

    /// <summary>Argo made the run with a <c>web</c> metric that asks us; we never write its status.</summary>
    Pull,

    /// <summary>We made the run, for a policy; Argo does not see it, and we act on the Rollout ourselves.</summary>
    Direct,
}

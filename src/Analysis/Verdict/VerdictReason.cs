namespace Rollouts.Analysis.Verdict;

/// <summary>The stable reason strings; dashboards, alerts and scripts may match on them.</summary>
public static class VerdictReason
{
    /// <summary>Continue: evidence is being gathered, nothing speaks against the canary.</summary>
    public const string Collecting = "Collecting";

    /// <summary>
    /// Continue, or Inconclusive at the deadline: evidence against the canary is above the promotion hold and below the
    /// abort limit.
    /// </summary>
    public const string EvidenceAgainstCanary = "EvidenceAgainstCanary";

    /// <summary>
    /// Continue, or Inconclusive at the deadline: a metric with action Hold is raised, so Pass is withheld.
    /// </summary>
    public const string Held = "Held";

    /// <summary>Pass: every metric with a margin is shown to be within it.</summary>
    public const string WithinMargins = "WithinMargins";

    /// <summary>
    /// Pass without comparable traffic: every absolute limit with enough requests is met, and at least one has enough.
    /// </summary>
    public const string LimitsMet = "LimitsMet";

    /// <summary>Pass at the deadline by the opt-in <c>onDeadline: PassIfNoHarm</c>.</summary>
    public const string NoHarmAtDeadline = "NoHarmAtDeadline";

    /// <summary>Abort: the combined evidence reached one over alpha; the message blames the largest term.</summary>
    public const string WorseThanStable = "WorseThanStable";

    /// <summary>Abort: a canary container is in CrashLoopBackOff and no stable pod was within 10 min.</summary>
    public const string CrashLoop = "CrashLoop";

    /// <summary>Abort: a canary container was OOMKilled twice and no stable pod was within 10 min.</summary>
    public const string OutOfMemory = "OutOfMemory";

    /// <summary>Abort: canary pods exist and none was Ready by <c>neverReadyAfterSeconds</c>.</summary>
    public const string NeverReady = "NeverReady";

    /// <summary>Abort: the canary is above an absolute limit that the owner set.</summary>
    public const string LimitBreached = "LimitBreached";

    /// <summary>Abort: a canary pod's memory grows so that it reaches the container's limit within an hour.</summary>
    public const string MemoryLimitProjected = "MemoryLimitProjected";

    /// <summary>
    /// Continue, or Inconclusive at the deadline: the canary served no request in this step, though it was to have a
    /// share.
    /// </summary>
    public const string NoCanaryTraffic = "NoCanaryTraffic";

    /// <summary>
    /// Continue, or Inconclusive at the deadline: neither arm served a request in this step, stable not before it
    /// either.
    /// </summary>
    public const string NoStableTraffic = "NoStableTraffic";

    /// <summary>
    /// Continue, or Inconclusive at the deadline: the arms do not serve requests at the same time, as in blue-green and
    /// at weight 100, and no absolute limit of the owner has enough requests to say anything.
    /// </summary>
    public const string NoComparableTraffic = "NoComparableTraffic";

    /// <summary>
    /// Inconclusive at the deadline: some metrics did not pass yet; the message says what is still needed.
    /// </summary>
    public const string NotEnoughEvidence = "NotEnoughEvidence";

    /// <summary>
    /// Continue, or Inconclusive after 10 min or at the deadline: every pod of both arms refuses, resets or times out.
    /// </summary>
    public const string ScrapeUnreachable = "ScrapeUnreachable";

    /// <summary>
    /// Continue, or Inconclusive after 10 min or at the deadline: the pods of an arm give no usable scrape.
    /// </summary>
    public const string ScrapeFailed = "ScrapeFailed";

    /// <summary>
    /// Continue, or Inconclusive after 10 min or at the deadline: pods answer, but export no metric that the judge
    /// knows.
    /// </summary>
    public const string NoMetrics = "NoMetrics";

    /// <summary>Continue, or Inconclusive at the deadline: the arms export metrics of different frameworks.</summary>
    public const string ProfileMismatch = "ProfileMismatch";

    /// <summary>Whether a reason says that there was no data to judge by.</summary>
    public static bool IsWantOfData(string reason) => reason
        is NoCanaryTraffic
        or NoStableTraffic
        or NoComparableTraffic
        or ScrapeUnreachable
        or ScrapeFailed
        or NoMetrics;
}

namespace Rollouts.Analysis.Profiles;

/// <summary>The stable reason strings of a scrape in which no profile was found.</summary>
public static class ProfileRefusal
{
    /// <summary>Requests are counted, but without a label that tells how they ended.</summary>
    public const string NoStatusLabel = "NoStatusLabel";

    /// <summary>Requests are counted for many services at once: nobody can tell those of one pod.</summary>
    public const string NotPerPod = "NotPerPod";

    /// <summary>Nothing counts requests, or not yet: many frameworks export nothing before the first.</summary>
    public const string NoRequestMetric = "NoRequestMetric";

    /// <summary>The profile that the policy names is not what the pod exports.</summary>
    public const string ProfileNotExported = "ProfileNotExported";
}

using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Leadership;

/// <summary>Which lease makes the leader, and its three durations.</summary>
internal sealed record LeaderElectionOptions
{
    public required ObjectKey Lease { get; init; }

    /// <summary>Who we are in the lease: the host's name and a random part, new with every process.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait after our last renewal before they take over.</summary>
    public required TimeSpan LeaseDuration { get; init; }

    /// <summary>How long we write after our last renewal; shorter than the lease by the margin that keeps two
    /// leaders apart.</summary>
    public required TimeSpan RenewDeadline { get; init; }

    /// <summary>How often we renew, or look whether the lease is free.</summary>
    public required TimeSpan RetryPeriod { get; init; }

    /// <summary>What is wrong with the durations; null when nothing is.</summary>
    /// <remarks>Source: kubernetes/client-go tools/leaderelection/leaderelection.go, NewLeaderElector.</remarks>
    public static string? ProblemOf(TimeSpan leaseDuration, TimeSpan renewDeadline, TimeSpan retryPeriod) =>
        (leaseDuration, renewDeadline, retryPeriod) switch
        {
            _ when leaseDuration < TimeSpan.FromSeconds(1) || leaseDuration.Ticks % TimeSpan.TicksPerSecond != 0 =>
                $"--leader-elect-lease-duration {leaseDuration.TotalSeconds} s: a whole number of seconds from 1",
            _ when renewDeadline >= leaseDuration =>
                $"--leader-elect-renew-deadline {renewDeadline.TotalSeconds} s: less than the lease's duration, "
                + $"{leaseDuration.TotalSeconds} s",
            _ when retryPeriod <= TimeSpan.Zero || retryPeriod * LeaderElection.JitterFactor >= renewDeadline =>
                $"--leader-elect-retry-period {retryPeriod.TotalSeconds} s: above 0 and, times "
                + $"{LeaderElection.JitterFactor}, less than the renew deadline, {renewDeadline.TotalSeconds} s",
            _ => null,
        };
}

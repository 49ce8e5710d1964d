namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// How long a container that ended waits for its restart: the first restart is immediate, then the base, doubled each
/// time. Kubernetes waits 10 s, doubling to 5 min, and forgets after 10 min of running; the local cluster keeps the
/// shape at a tenth of it and less, so that a person sees CrashLoopBackOff without waiting for it. Both forget after
/// twice the cap. Source: kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff,
/// client-go/util/flowcontrol.
/// </summary>
internal sealed record RestartBackOff(TimeSpan First, TimeSpan Longest)
{
    public static RestartBackOff Local { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    public TimeSpan ForgetAfter => Longest * 2;

    /// <param name="crashCount">Ends in a row, 1 = the first.</param>
    public TimeSpan DelayAfter(int crashCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(crashCount, 1);
        if (crashCount == 1)
            return TimeSpan.Zero;
        var doublings = Math.Min(crashCount - 2, 30);
        return TimeSpan.FromTicks((long)Math.Min(Longest.Ticks, First.Ticks * Math.Pow(2, doublings)));
    }
}

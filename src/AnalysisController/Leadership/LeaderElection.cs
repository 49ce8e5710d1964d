using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Leadership;

/// <summary>
/// Takes a lease, holds it while it leads, and gives it back. Nobody's clock but our own counts: another's lease has
/// run out when we have not seen it change for as long as it says it lasts.
/// </summary>
/// <remarks>
/// Source: kubernetes/client-go tools/leaderelection/leaderelection.go. Unlike there, whoever loses the lease stands
/// by again: docs/decisions/0027-who-loses-the-lease-stands-by-again.md.
/// </remarks>
/// <param name="client">One that is not fenced: the lease is what opens the fence.</param>
internal sealed class LeaderElection(
    KubernetesClient client,
    LeaderElectionOptions options,
    WriteFence fence,
    TimeProvider clock,
    Random jitter,
    ILogger log
)
{
    /// <summary>How much longer than a retry period somebody who waits may wait (client-go JitterFactor).</summary>
    public const double JitterFactor = 1.2;

    private Lease? _known;
    private Moment _knownSince;

    public LeaderElectionOptions Options => options;

    public bool IsLeader => fence.IsOpen;

    /// <summary>Who held the lease when it was last read; empty when nobody did.</summary>
    public string Holder => _known?.Spec.HolderIdentity ?? "";

    /// <summary>Leads whenever the lease is ours, until told to stop.</summary>
    /// <param name="leadAsync">
    /// Does what only a leader may. Its first token asks it to finish what is under way; its second says that the
    /// lease is lost, and with it the right to finish.
    /// </param>
    public async Task RunAsync(
        Func<CancellationToken, CancellationToken, Task> leadAsync,
        CancellationToken cancellation
    )
    {
        while (!cancellation.IsCancellationRequested)
        {
            await AcquireAsync(cancellation);
            ControllerLog.StartedLeading(log, options.Lease, options.Identity);
            using var lost = new CancellationTokenSource();
            await RenewAsync(leadAsync(cancellation, lost.Token), lost);
        }
    }

    private async Task AcquireAsync(CancellationToken cancellation)
    {
        string? told = null;
        while (!await TryHoldAsync(options.RenewDeadline, cancellation))
        {
            if (told != Holder)
            {
                told = Holder;
                ControllerLog.StandingBy(log, options.Lease, Holder);
            }

            var wait = options.RetryPeriod * (1 + (JitterFactor * jitter.NextDouble()));
            await Task.Delay(wait, clock, cancellation);
        }
    }

    /// <summary>
    /// Renews until <paramref name="term"/> has ended, then gives the lease back; or until it is lost.
    /// </summary>
    private async Task RenewAsync(Task term, CancellationTokenSource lost)
    {
        while (true)
        {
            await Task.WhenAny(term, Task.Delay(options.RetryPeriod, clock, CancellationToken.None));
            if (term.IsCompleted)
            {
                await ReleaseAsync();
                await term;
                return;
            }

            var remaining = fence.Remaining;
            var deadline = remaining < options.RenewDeadline / 2 ? remaining : options.RenewDeadline / 2;
            if (deadline > TimeSpan.Zero && await TryHoldAsync(deadline, CancellationToken.None))
            {
                continue;
            }

            if (!fence.IsOpen)
            {
                Lose(lost);
                await EndAsync(term);
                return;
            }
        }
    }

    /// <summary>The term hears of it before anything else happens.</summary>
    private void Lose(CancellationTokenSource lost)
    {
        ControllerLog.LostLease(log, options.Lease, options.RenewDeadline.TotalSeconds, Holder);
        lost.Cancel();
    }

    /// <summary>A term that lost its lease ends as cancelled, and that is no failure.</summary>
    private static async Task EndAsync(Task term)
    {
        try
        {
            await term;
        }
        catch (OperationCanceledException)
        {
            // It was told to.
        }
    }

    /// <summary>
    /// One attempt to take the lease or to hold it on. Any failure is a no; the next attempt reads anew.
    /// </summary>
    private async Task<bool> TryHoldAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            return IsOurs(_known) && await PatchAsync(either.Token) || await ReadAndHoldAsync(either.Token);
        }
        catch (KubernetesException e)
        {
            ControllerLog.LeaseFailed(log, options.Lease, e.Message);
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            ControllerLog.LeaseFailed(log, options.Lease, $"no answer within {timeout.TotalSeconds:0.0} s");
            return false;
        }
    }

    private async Task<bool> ReadAndHoldAsync(CancellationToken cancellation)
    {
        var lease = await FindAsync(cancellation);
        if (lease is null)
        {
            var from = Moment.Of(clock);
            var body = LeaseRecord.Create(options, from.At);
            Learn(await client.CreateAsync(ResourceTypes.Leases, options.Lease.Namespace, body, cancellation));
            fence.Open(from, options.RenewDeadline);
            return true;
        }

        Learn(lease);
        if (IsFree(lease.Spec))
        {
            return await PatchAsync(cancellation);
        }

        // Somebody deleted the lease or took it by hand: what is left of our time is no longer ours.
        fence.Close();
        return false;
    }

    private async Task<bool> PatchAsync(CancellationToken cancellation)
    {
        var from = Moment.Of(clock);
        var patch = LeaseRecord.Hold(_known!, options, from.At);
        try
        {
            Learn(await client.PatchAsync(ResourceTypes.Leases, options.Lease, patch, cancellation));
        }
        catch (KubernetesException e) when (e.IsConflict || e.IsNotFound)
        {
            return false;
        }

        fence.Open(from, options.RenewDeadline);
        return true;
    }

    /// <summary>Gives the lease back so that a stand-by need not wait. Failing that, it runs out.</summary>
    private async Task ReleaseAsync()
    {
        fence.Close();
        if (!IsOurs(_known))
        {
            return;
        }

        using var deadline = new CancellationTokenSource(options.RetryPeriod, clock);
        try
        {
            var patch = LeaseRecord.Release(_known!, clock.GetUtcNow());
            Learn(await client.PatchAsync(ResourceTypes.Leases, options.Lease, patch, deadline.Token));
            ControllerLog.ReleasedLease(log, options.Lease);
        }
        catch (Exception e) when (e is KubernetesException or OperationCanceledException)
        {
            ControllerLog.LeaseFailed(log, options.Lease, e.Message);
        }
    }

    private async Task<Lease?> FindAsync(CancellationToken cancellation)
    {
        try
        {
            return await client.GetAsync(ResourceTypes.Leases, options.Lease, cancellation);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    private void Learn(Lease lease)
    {
        if (_known is null || _known.Spec != lease.Spec)
        {
            _knownSince = Moment.Of(clock);
        }

        _known = lease;
    }

    private bool IsOurs(Lease? lease) => lease?.Spec.HolderIdentity == options.Identity;

    private bool IsFree(LeaseSpec lease) =>
        lease.HolderIdentity.Length == 0
        || lease.HolderIdentity == options.Identity
        || _knownSince.SteadySince(clock) >= DurationOf(lease);

    private TimeSpan DurationOf(LeaseSpec lease) =>
        lease.LeaseDurationSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : options.LeaseDuration;
}

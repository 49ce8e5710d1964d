using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Leadership;

/// <summary>
/// What is written into the lease. A merge patch, so that what others keep in the object stays; with the
/// resourceVersion that was read, so that of two who try at once one succeeds.
/// </summary>
internal static class LeaseRecord
{
    public static JsonObject Create(LeaderElectionOptions options, DateTimeOffset now) =>
        new()
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = options.Lease.Name },
            ["spec"] = Held(options, now, now, 0),
        };

    /// <summary>Takes the lease, or holds it on.</summary>
    public static JsonObject Hold(Lease lease, LeaderElectionOptions options, DateTimeOffset now)
    {
        var isOurs = lease.Spec.HolderIdentity == options.Identity;
        return Patch(
            lease,
            Held(
                options,
                isOurs ? lease.Spec.AcquireTime ?? now : now,
                now,
                (lease.Spec.LeaseTransitions ?? 0) + (isOurs ? 0 : 1)
            )
        );
    }

    /// <summary>Gives the lease back; who reads it may take it at once.</summary>
    /// <remarks>Source: kubernetes/client-go tools/leaderelection/leaderelection.go, release: duration 1 s.</remarks>
    public static JsonObject Release(Lease lease, DateTimeOffset now) =>
        Patch(
            lease,
            new JsonObject
            {
                ["holderIdentity"] = "",
                ["leaseDurationSeconds"] = 1,
                ["renewTime"] = Time(now),
            }
        );

    private static JsonObject Held(
        LeaderElectionOptions options,
        DateTimeOffset acquiredAt,
        DateTimeOffset renewedAt,
        int transitions
    ) =>
        new()
        {
            ["holderIdentity"] = options.Identity,
            ["leaseDurationSeconds"] = (int)options.LeaseDuration.TotalSeconds,
            ["acquireTime"] = Time(acquiredAt),
            ["renewTime"] = Time(renewedAt),
            ["leaseTransitions"] = transitions,
        };

    private static JsonObject Patch(Lease lease, JsonObject spec) =>
        new()
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = lease.Metadata.ResourceVersion },
            ["spec"] = spec,
        };

    /// <summary>meta/v1 MicroTime: RFC 3339 with six places, always.</summary>
    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}

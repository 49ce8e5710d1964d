using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Leadership;
using Rollouts.AnalysisController.Reconcile;

namespace Rollouts.AnalysisController.Endpoints;

/// <summary>Looks at the parts of the controller and says how each is.</summary>
internal sealed class ControllerHealth(
    ClusterCaches caches,
    WatchFreshness watches,
    ApiServerProbe apiServer,
    KubernetesClient client,
    EvidenceJournal? journal,
    LeaderElection? election,
    TimeProvider clock)
{
    /// <summary>
    /// A watch that hears nothing at all for so long is worth a word: bookmarks come about once a minute.
    /// </summary>
    private static readonly TimeSpan SilenceWorthAWord = TimeSpan.FromSeconds(150);

    /// <summary>
    /// How long a watch may be broken before we are not ready: by then its cache is no base to judge on.
    /// </summary>
    private static readonly TimeSpan BrokenTooLong = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan TolerableSkew = TimeSpan.FromSeconds(30);

    private readonly Moment _started = Moment.Of(clock);

    public HealthReport Look()
    {
        var now = clock.GetUtcNow();
        List<HealthCheck> checks =
        [
            ApiServer(),
            Caches(),
            .. watches.All.Select(watch => Watch(watch.Key, watch.Value, now)),
            Skew(),
        ];
        if (journal is not null)
        {
            var status = journal.Failure.Length == 0 ? HealthStatus.Pass : HealthStatus.Warn;
            checks.Add(new HealthCheck("journal:writes", "component", status, null, "", journal.Failure));
        }

        if (election is not null)
        {
            checks.Add(Pass("lease:leadership", "component", election.IsLeader ? "leader" : "standby", ""));
        }

        var uptime = (long)_started.SteadySince(clock).TotalSeconds;
        checks.Add(new HealthCheck("uptime", "system", HealthStatus.Pass, JsonValue.Create(uptime), "s", ""));
        return new HealthReport(checks, Notes(), now);
    }

    private HealthCheck ApiServer()
    {
        var milliseconds = JsonValue.Create((long)apiServer.ResponseTime.TotalMilliseconds);
        var status = !apiServer.IsReachable ? HealthStatus.Fail
            : apiServer.Failure.Length > 0 ? HealthStatus.Warn
            : HealthStatus.Pass;
        var output = apiServer.Failure.Length == 0
            ? ""
            : $"last answer {apiServer.SinceAnswer.TotalSeconds:0} s ago: {apiServer.Failure}";
        return new HealthCheck("kubernetes:responseTime", "system", status, milliseconds, "ms", output);
    }

    private HealthCheck Caches() => caches.AreSynced
        ? Pass("caches:synced", "component", "synced", "")
        : new HealthCheck(
            "caches:synced", "component", HealthStatus.Fail, null, "", "the caches are not in sync yet");

    private static HealthCheck Watch(string name, WatchState watch, DateTimeOffset now)
    {
        var silence = now - watch.HeardAt;
        var (status, output) = watch.BrokenSince switch
        {
            { } since when now - since > BrokenTooLong =>
                (HealthStatus.Fail, $"broken for {(now - since).TotalSeconds:0} s: {watch.Cause}"),
            { } since => (HealthStatus.Warn, $"broken for {(now - since).TotalSeconds:0} s: {watch.Cause}"),
            null when silence > SilenceWorthAWord =>
                (HealthStatus.Warn, $"no event or bookmark for {silence.TotalSeconds:0} s"),
            null => (HealthStatus.Pass, ""),
        };
        return new HealthCheck(
            $"watch:{name}", "component", status, JsonValue.Create((long)silence.TotalSeconds), "s", output);
    }

    private HealthCheck Skew()
    {
        var skew = client.ClockSkew ?? TimeSpan.Zero;
        var isLarge = skew.Duration() > TolerableSkew;
        return new HealthCheck(
            "clock:skew",
            "system",
            isLarge ? HealthStatus.Warn : HealthStatus.Pass,
            JsonValue.Create((long)skew.TotalSeconds),
            "s",
            isLarge ? $"more than {TolerableSkew.TotalSeconds} s; beyond 5 min Argo ends our runs in Error" : "");
    }

    private List<string> Notes() => election switch
    {
        null => [],
        { IsLeader: true } => [$"leader: holds lease {election.Options.Lease}"],
        { Holder.Length: 0 } => [$"standby: lease {election.Options.Lease} is held by nobody"],
        _ => [$"standby: lease {election.Options.Lease} held by {election.Holder}"],
    };

    private static HealthCheck Pass(string name, string type, string value, string unit) =>
        new(name, type, HealthStatus.Pass, JsonValue.Create(value), unit, "");
}

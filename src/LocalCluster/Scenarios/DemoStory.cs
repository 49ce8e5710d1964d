using System.Globalization;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>
/// Plays one scenario and tells what happens when it happens. It only looks, ten times a second, at what anybody could
/// look at with kubectl: the times it tells are true to a tenth of a second.
/// </summary>
internal sealed class DemoStory(
    LocalClusterHost host,
    DemoConsole console,
    Func<TrafficCounts> counts,
    TimeProvider clock)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OutcomeTimeout = TimeSpan.FromSeconds(170);
    private static readonly TimeSpan FirstDeployTimeout = TimeSpan.FromSeconds(90);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private long _startedAt = clock.GetTimestamp();

    /// <summary>The first version: nothing to compare with, so Argo makes it stable without analysis.</summary>
    public async Task DeployFirstVersionAsync(Scenario? scenario, CancellationToken cancellation)
    {
        SampleManifests.Create(host.Objects, host.PodPort, scenario, host.InstanceId);
        var replicas = Look().Replicas;
        Tell($"rolling out v1, {replicas} pods");
        while (true)
        {
            var view = Look();
            if (view.CurrentHash.Length > 0 && view.IsSettledOn(view.CurrentHash))
                break;
            console.Progress(At($"v1: {view.Routes.Targets.Count} of {replicas} pods ready"));
            if (clock.GetElapsedTime(_startedAt) > FirstDeployTimeout)
                throw new LocalClusterException($"v1 not healthy in {FirstDeployTimeout.TotalSeconds} s: {view.Phase}");
            await Task.Delay(LookInterval, clock, cancellation);
        }

        Tell("v1 is healthy and stable", Tone.Good);
    }

    public async Task<ScenarioResult> PlayAsync(Scenario scenario, string version, CancellationToken cancellation)
    {
        _told.Clear();
        _startedAt = clock.GetTimestamp();
        var countsBefore = counts();
        var stableBefore = Look().CurrentHash;
        console.Say("");
        Tell($"{scenario.Name}: {version} is {scenario.Story}");
        SampleManifests.Release(host.Objects, scenario, version);
        var (exposed, verdict, allStable) = ((TimeSpan?)null, (TimeSpan?)null, (TimeSpan?)null);
        RolloutOutcome? outcome = null;
        ClusterView view;
        do
        {
            await Task.Delay(LookInterval, clock, cancellation);
            view = Look();
            if (!view.IsObserved || view.CurrentHash == stableBefore)
                continue;
            if (view.Routes.CountOf(TrafficArm.Canary) > 0)
                exposed ??= Elapsed;
            if (view.RunIsCompleted)
                verdict ??= Elapsed;
            outcome = OutcomeOf(view);
            if (verdict is not null && outcome == RolloutOutcome.RolledBack)
                allStable ??= Elapsed;
            Narrate(view, version, view.Counts - countsBefore);
        }
        while (!IsOver(outcome, verdict, allStable) && Elapsed < OutcomeTimeout);

        var result = new ScenarioResult
        {
            Scenario = scenario,
            RunName = view.Run?.Name ?? "",
            RunPhase = view.RunPhase,
            RunMessage = view.Run?.Text("status", "message") is { Length: > 0 } message ? message : view.Progress,
            RolloutMessage = view.Rollout.Text("status", "message") is { Length: > 0 } said ? said : view.Phase,
            Outcome = outcome,
            ExposedAfter = exposed,
            VerdictAfter = verdict,
            AllStableAfter = allStable,
        };
        Tell(Ending(result), result.IsExpected ? Tone.Good : Tone.Bad);
        return result;
    }

    private TimeSpan Elapsed => clock.GetElapsedTime(_startedAt);

    private ClusterView Look()
    {
        host.RequireController();
        return ClusterView.Read(host.Objects, host.Router, counts());
    }

    private static RolloutOutcome? OutcomeOf(ClusterView view)
    {
        if (view.IsAborted)
            return view.Routes.IsAllStable && !view.CanaryPodIsLeft ? RolloutOutcome.RolledBack : null;
        if (view.WaitsForAPerson)
            return RolloutOutcome.Paused;
        return view.IsSettledOn(view.CurrentHash) ? RolloutOutcome.Promoted : null;
    }

    private static bool IsOver(RolloutOutcome? outcome, TimeSpan? verdict, TimeSpan? allStable) =>
        outcome is { } reached && reached switch
        {
            RolloutOutcome.Promoted => true,
            RolloutOutcome.Paused => verdict is not null,
            RolloutOutcome.RolledBack => allStable is not null,
        };

    private void Narrate(ClusterView view, string version, TrafficCounts sent)
    {
        if (view.Routes.CountOf(TrafficArm.Canary) > 0)
        {
            var (stable, canary) = (view.Routes.CountOf(TrafficArm.Stable), view.Routes.CountOf(TrafficArm.Canary));
            TellOnce("exposed", stable == 0
                ? $"all traffic is on {version}: {canary} pods"
                : $"the first pod of {version} is ready: {stable} stable, {canary} canary");
        }

        if (view.Run is { } run)
            TellOnce("run", $"analysis run {run.Name} started");
        if (view.RunIsCompleted)
        {
            var message = view.Run?.Text("status", "message") is { Length: > 0 } said ? said : view.Progress;
            TellOnce("verdict", $"verdict {view.RunPhase}: {message}", ToneOf(view.RunPhase));
        }

        if (view.IsAborted)
            TellOnce("abort", "Argo Rollouts aborted the update", Tone.Bad);
        console.Progress(At(TrafficText(sent)), view.RunIsCompleted ? "" : view.Progress);
    }

    private static string TrafficText(TrafficCounts sent) => sent.Canary.Sent + sent.Stable.Sent == 0
        ? "no requests"
        : $"stable {ArmText(sent.Stable)}; canary {ArmText(sent.Canary)}";

    private static string ArmText(ArmCounts counts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{counts.Sent} requests, {counts.ErrorRatio:0.0 %} failed, {counts.MeanDuration.TotalMilliseconds:0} ms");

    private static string Ending(ScenarioResult result) => result.Outcome is { } outcome
        ? outcome switch
        {
            RolloutOutcome.Promoted => "promoted: the new version is stable",
            RolloutOutcome.RolledBack => "rolled back: all traffic is on the stable version again",
            RolloutOutcome.Paused => "paused: a person must decide",
        }
        : $"no outcome after {OutcomeTimeout.TotalSeconds} s; the rollout says: {result.RolloutMessage}";

    private static Tone ToneOf(string runPhase) => runPhase switch
    {
        "Successful" => Tone.Good,
        "Failed" or "Error" => Tone.Bad,
        _ => Tone.Plain,
    };

    private void TellOnce(string what, string text, Tone tone = Tone.Plain)
    {
        if (_told.Add(what))
            Tell(text, tone);
    }

    private void Tell(string text, Tone tone = Tone.Plain) => console.Say(At(text), tone);

    private string At(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds,6:0.0} s  {text}");
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>Where the Rollout's status names a run of its own, and what is said when it goes wrong.</summary>
internal sealed record RunSlot(string Strategy, string Field, string Kind, string BadWords)
{
    public static readonly RunSlot Step = new(
        "canary", "currentStepAnalysisRunStatus", "Step", "Step-based analysis phase error/failed");

    public static readonly RunSlot Background = new(
        "canary", "currentBackgroundAnalysisRunStatus", "Background", "Background analysis phase error/failed");

    public static readonly RunSlot PrePromotion = new(
        "blueGreen", "prePromotionAnalysisRunStatus", "PrePromotion",
        "Blue/green pre-promotion analysis phase error/failed");

    public static readonly RunSlot PostPromotion = new(
        "blueGreen", "postPromotionAnalysisRunStatus", "PostPromotion",
        "Blue/green post-promotion analysis phase error/failed");

    public static readonly IReadOnlyList<RunSlot> All = [Step, Background, PrePromotion, PostPromotion];
}

/// <summary>
/// The runs of a Rollout: those that its status names, and those that no longer count. A strategy says which run each
/// slot holds; making, following and ending them is here (rollout/analysis.go, v1.10).
/// </summary>
internal sealed class CurrentRuns
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    private readonly RolloutPass _pass;
    private readonly List<JsonObject> _owned;
    private readonly Dictionary<RunSlot, JsonObject> _held = [];

    public CurrentRuns(RolloutPass pass)
    {
        _pass = pass;
        var uid = pass.Rollout.Text("metadata", "uid");
        var named = RunSlot.All.Select(NameOf).ToHashSet();
        _owned = [.. pass.State.Runs.Where(run => AnalysisRunFactory.ControllerUid(run) == uid
            || named.Contains(run.Text("metadata", "name")))];
    }

    public JsonObject? Find(RunSlot slot) =>
        NameOf(slot) is { } name ? _owned.Find(run => run.Text("metadata", "name") == name) : null;

    /// <summary>What the status says of each slot from now on; a slot that is not set is empty.</summary>
    public void Hold(RunSlot slot, JsonObject? run)
    {
        _held.Remove(slot);
        if (run is not null)
            _held[slot] = run;
    }

    /// <summary>
    /// An inconclusive run is followed by a new one once a person has taken the pause away: controllerPause is still
    /// set then. A successful run is never followed by another. The pauses that a strategy makes itself do not count.
    /// </summary>
    public bool NeedsNew(JsonObject? current)
    {
        if (current is null)
            return true;
        var isResumed = _pass.Pauses.IsPausedByController
            && _pass.Pauses.Find(PauseChanges.CanaryPauseStep) is null
            && _pass.Pauses.Find(PauseChanges.BlueGreenPause) is null;
        return isResumed
            ? current.Text("status", "phase") == AnalysisPhase.Inconclusive
            : _pass.Status.Text("abortedAt") is not null;
    }

    public void React(RunSlot slot, JsonObject? run)
    {
        var phase = run.Text("status", "phase");
        if (phase == AnalysisPhase.Inconclusive)
            _pass.Pauses.Add(PauseChanges.InconclusiveAnalysisRun);
        else if (AnalysisPhase.IsBad(phase))
            _pass.Pauses.Abort($"{slot.BadWords}: {run.Text("status", "message")}");
    }

    public JsonObject? Create(JsonObject analysis, RunKind kind)
    {
        if (_pass.Latest is not { } latest)
            return null;
        var subject = new RunSubject(_pass.Rollout, $"{latest.Revision}", _pass.StableHash, latest.Hash);
        var made = AnalysisRunFactory.Make(subject, analysis, kind, _pass.State.Templates);
        if (made.Value is null)
        {
            _pass.Emit("AnalysisRunNotCreated", made.Problem!, isWarning: true);
            _pass.LookAgainAt(_pass.Now + RetryInterval);
            return null;
        }
        var (run, exists) = AnalysisRunFactory.WithoutCollision(made.Value, _pass.State.Runs);
        if (!exists)
            _pass.Write(new ClusterWrite.Create(ArgoNames.AnalysisRuns, run));
        return run;
    }

    /// <summary>Ends one run that its slot still holds.</summary>
    public void Cancel(JsonObject? run) => RunRetention.Cancel(_pass, run is null ? [] : [run]);

    /// <summary>
    /// Nothing is to be judged now: every run is told to end, the slots stay unless an abort empties them.
    /// </summary>
    public void CancelAll(bool isAborted)
    {
        foreach (var slot in RunSlot.All)
            SetStatus(slot, isAborted ? null : Find(slot));
        RunRetention.Cancel(_pass, _owned);
    }

    /// <summary>Writes the slots; ends, and at last deletes, the runs that none of them holds.</summary>
    public void Settle()
    {
        foreach (var slot in RunSlot.All)
            SetStatus(slot, _held.GetValueOrDefault(slot));
        var kept = _held.Values.Select(run => run.Text("metadata", "name")).ToHashSet();
        var others = _owned.Where(run => !kept.Contains(run.Text("metadata", "name"))).ToList();
        RunRetention.Cancel(_pass, others);
        RunRetention.DeleteOld(_pass, others);
        foreach (var (slot, run) in _held)
            EmitChange(slot, run);
    }

    private string? NameOf(RunSlot slot) => _pass.Status.Text(slot.Strategy, slot.Field, "name");

    private void SetStatus(RunSlot slot, JsonObject? run)
    {
        if (run is null)
        {
            _pass.SetStatus(slot.Strategy, slot.Field, null);
            return;
        }
        var status = new JsonObject
        {
            ["name"] = run.Text("metadata", "name"),
            ["status"] = run.Text("status", "phase") ?? "",
        };
        status.SetText("message", run.Text("status", "message"));
        _pass.SetStatus(slot.Strategy, slot.Field, status);
    }

    private void EmitChange(RunSlot slot, JsonObject run)
    {
        if (run.Text("status", "phase") is not { Length: > 0 } phase)
            return;
        var name = run.Text("metadata", "name");
        var before = _pass.Status.Object(slot.Strategy, slot.Field);
        if (before is not null && (before.Text("name") != name || before.Text("status") == phase))
            return;
        _pass.Emit("AnalysisRun" + phase, $"{slot.Kind} Analysis Run '{name}' Status New: '{phase}' "
            + $"Previous: '{before.Text("status") ?? "NoPreviousStatus"}'", AnalysisPhase.IsBad(phase));
    }
}

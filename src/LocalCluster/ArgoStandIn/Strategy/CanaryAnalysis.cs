using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>Starts, follows and ends the step and background runs of a canary (rollout/analysis.go, v1.10).</summary>
internal sealed class CanaryAnalysis
{
    private const string StepField = "currentStepAnalysisRunStatus";
    private const string BackgroundField = "currentBackgroundAnalysisRunStatus";
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    private readonly RolloutPass _pass;
    private readonly List<JsonObject> _owned;

    private CanaryAnalysis(RolloutPass pass)
    {
        _pass = pass;
        var uid = pass.Rollout.Text("metadata", "uid");
        var named = new[] { NameOf(StepField), NameOf(BackgroundField) };
        _owned = [.. pass.State.Runs.Where(run => AnalysisRunFactory.ControllerUid(run) == uid
            || named.Contains(run.Text("metadata", "name")))];
    }

    public static void Reconcile(RolloutPass pass) => new CanaryAnalysis(pass).Reconcile();

    private void Reconcile()
    {
        var wasAborted = _pass.IsAborted;
        if (wasAborted || _pass.IsPromotingFully || _pass.StableHash.Length == 0)
        {
            SetStatus(StepField, wasAborted ? null : Current(StepField));
            SetStatus(BackgroundField, wasAborted ? null : Current(BackgroundField));
            RunRetention.Cancel(_pass, _owned);
            return;
        }
        var step = ReconcileStep();
        var background = ReconcileBackground();
        SetStatus(StepField, step);
        SetStatus(BackgroundField, background);
        var others = _owned.Where(run => !IsSame(run, step) && !IsSame(run, background)).ToList();
        RunRetention.Cancel(_pass, others);
        RunRetention.DeleteOld(_pass, others);
        EmitChange(StepField, step, "Step");
        EmitChange(BackgroundField, background, "Background");
    }

    private JsonObject? ReconcileStep()
    {
        var current = Current(StepField);
        // While the Rollout is paused, nobody looks at the phase of a step run.
        if (_pass.Pauses.Current.Count > 0)
            return current;
        if (_pass.CurrentStep.Object("analysis") is not { } analysis || _pass.StepIndex is not { } index)
            return null;
        if (current is not null && current.Int("metadata", "labels", ArgoNames.StepIndexLabel) != index)
            return null;
        if (NeedsNew(current))
            return Create(analysis, RunKind.Step(index));
        React(current!, "Step-based analysis phase error/failed");
        return current;
    }

    private JsonObject? ReconcileBackground()
    {
        var current = Current(BackgroundField);
        if (_pass.Canary.Object("analysis") is not { } analysis || analysis.Items("templates").Count == 0
            || _pass.IsFullyPromoted || _pass.StepIndex < analysis.Int("startingStep"))
        {
            return null;
        }
        if (_pass.Pauses.Find(PauseChanges.InconclusiveAnalysisRun) is not null)
            return current;
        if (NeedsNew(current))
            return Create(analysis, RunKind.Background);
        React(current!, "Background analysis phase error/failed");
        return current;
    }

    /// <summary>
    /// An inconclusive run is followed by a new one once a person has taken the pause away: controllerPause is still
    /// set then. A successful background run is never followed by another.
    /// </summary>
    private bool NeedsNew(JsonObject? current)
    {
        if (current is null)
            return true;
        return _pass.Pauses.IsPausedByController && _pass.Pauses.Find(PauseChanges.CanaryPauseStep) is null
            ? current.Text("status", "phase") == AnalysisPhase.Inconclusive
            : _pass.Status.Text("abortedAt") is not null;
    }

    private void React(JsonObject run, string prefix)
    {
        var phase = run.Text("status", "phase");
        if (phase == AnalysisPhase.Inconclusive)
            _pass.Pauses.Add(PauseChanges.InconclusiveAnalysisRun);
        else if (AnalysisPhase.IsBad(phase))
            _pass.Pauses.Abort($"{prefix}: {run.Text("status", "message")}");
    }

    private JsonObject? Create(JsonObject analysis, RunKind kind)
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

    private string? NameOf(string field) => _pass.Status.Text("canary", field, "name");

    private JsonObject? Current(string field) =>
        NameOf(field) is { } name ? _owned.Find(run => run.Text("metadata", "name") == name) : null;

    private void SetStatus(string field, JsonObject? run)
    {
        if (run is null)
        {
            _pass.SetCanaryStatus(field, null);
            return;
        }
        var status = new JsonObject
        {
            ["name"] = run.Text("metadata", "name"),
            ["status"] = run.Text("status", "phase") ?? "",
        };
        status.SetText("message", run.Text("status", "message"));
        _pass.SetCanaryStatus(field, status);
    }

    private void EmitChange(string field, JsonObject? run, string kind)
    {
        if (run is null || run.Text("status", "phase") is not { Length: > 0 } phase)
            return;
        var name = run.Text("metadata", "name");
        var before = _pass.Status.Object("canary", field);
        if (before is not null && (before.Text("name") != name || before.Text("status") == phase))
            return;
        _pass.Emit("AnalysisRun" + phase, $"{kind} Analysis Run '{name}' Status New: '{phase}' "
            + $"Previous: '{before.Text("status") ?? "NoPreviousStatus"}'", AnalysisPhase.IsBad(phase));
    }

    private static bool IsSame(JsonObject run, JsonObject? other) =>
        other is not null && run.Text("metadata", "name") == other.Text("metadata", "name");
}

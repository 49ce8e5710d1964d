using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy.BlueGreen;

/// <summary>
/// A blue-green update, START HERE: in the order in which Argo works on it (rollout/bluegreen.go and rollout/sync.go,
/// v1.10). A second full set comes up beside the first, all traffic changes over at once, and stable moves last.
/// </summary>
internal sealed class BlueGreenUpdate
{
    private readonly RolloutPass _pass;
    private readonly BlueGreenServices _services;
    private readonly CurrentRuns _runs;

    /// <summary>Whether the latest set is still up from an earlier time: then no question is asked.</summary>
    private readonly bool _isFastRollback;

    private BlueGreenUpdate(RolloutPass pass)
    {
        _pass = pass;
        _services = new BlueGreenServices(pass);
        _runs = new CurrentRuns(pass);
        _isFastRollback = pass.Latest?.ScaleDownDeadline is not null;
    }

    public static void Reconcile(RolloutPass pass)
    {
        var update = new BlueGreenUpdate(pass);
        if (pass.Latest is { } latest)
            update.Reconcile(latest);
        update.WriteStatus();
    }

    /// <summary>While a person is to decide, traffic stays where it is.</summary>
    private bool IsHalted =>
        _pass.IsPausedBySpec || _pass.Pauses.Find(PauseChanges.InconclusiveAnalysisRun) is not null;

    /// <summary>With previewReplicaCount: the few pods of the preview have done their part.</summary>
    private bool IsPastPreview => _pass.Status.Flag("blueGreen", "scaleUpPreviewCheckPoint");

    private bool IsFastTracked => _isFastRollback || _pass.IsPromotingFully
        || _services.ActiveHash.Length == 0 || _services.ActiveHash == _pass.LatestHash;

    /// <summary>A pause of the controller's own comes only where promotion is not automatic, or is delayed.</summary>
    private bool NeedsPause => !IsAutomatic || AutoPromotionSeconds > 0;

    private bool IsAutomatic => _pass.BlueGreen?["autoPromotionEnabled"] is null
        || _pass.BlueGreen.Flag("autoPromotionEnabled");

    private int AutoPromotionSeconds => _pass.BlueGreen.Int("autoPromotionSeconds") ?? 0;

    private bool HasPassedPrePromotion => _pass.BlueGreen.Object("prePromotionAnalysis") is null
        || _runs.Find(RunSlot.PrePromotion).Text("status", "phase") == AnalysisPhase.Successful;

    private void Reconcile(ReplicaSetView latest)
    {
        if (!IsHalted)
            _services.SwitchPreview(_pass.LatestHash);
        BlueGreenScaling.Reconcile(_pass, _services, _runs, IsPastPreview);
        ReconcilePause(latest);
        ReconcileActive(latest);
        BlueGreenAnalysis.Reconcile(_pass, _runs, _isFastRollback);
    }

    private void ReconcilePause(ReplicaSetView latest)
    {
        if (_pass.Status.Flag("abort") || IsHalted || !BlueGreenScaling.IsReady(_pass, latest, IsPastPreview))
            return;
        var condition = _pass.Pauses.Find(PauseChanges.BlueGreenPause);
        if (IsFastTracked || IsPastPreview || !NeedsPause)
            _pass.Pauses.Remove(PauseChanges.BlueGreenPause);
        else if (!HasPassedPrePromotion)
            return;
        else if (condition is null && !_pass.Pauses.IsPausedByController)
            _pass.Pauses.Add(PauseChanges.BlueGreenPause);
        else if (HasCompletedPause())
            _pass.Pauses.Remove(PauseChanges.BlueGreenPause);
        if (IsAutomatic && AutoPromotionSeconds > 0 && NeedsPause)
            _pass.LookAgainAt((condition.Instant("startTime") ?? _pass.Now).AddSeconds(AutoPromotionSeconds));
    }

    /// <summary>A person resumes by taking the condition away: controllerPause is still set then.</summary>
    private bool HasCompletedPause()
    {
        if (_pass.Pauses.HasAdded)
            return false;
        if (IsPastPreview || !NeedsPause)
            return true;
        var condition = _pass.Pauses.Find(PauseChanges.BlueGreenPause);
        return IsAutomatic
            ? condition.Instant("startTime")?.AddSeconds(AutoPromotionSeconds) <= _pass.Now
            : _pass.Pauses.IsPausedByController && condition is null;
    }

    /// <summary>
    /// All traffic at once, and back again on abort; never, not even back, while the latest set is not complete.
    /// </summary>
    private void ReconcileActive(ReplicaSetView latest)
    {
        if (IsHalted || !BlueGreenScaling.IsReady(_pass, latest, IsPastPreview)
            || !BlueGreenScaling.IsSaturated(_pass, latest))
        {
            return;
        }
        if (_pass.Status.Flag("abort") && _pass.IsAborted)
            _services.SwitchActive(_pass.StableHash);
        else if (IsFastTracked || (HasCompletedPause() && HasPassedPrePromotion))
            _services.SwitchActive(_pass.LatestHash);
    }

    private void WriteStatus()
    {
        _pass.SetStatus("blueGreen", "activeSelector", NotEmpty(_services.ActiveHash));
        _pass.SetStatus("blueGreen", "previewSelector", NotEmpty(_services.PreviewHash));
        if (PromotionReason() is { } reason)
            RolloutRevision.Promote(_pass, reason);
        else
            _pass.SetStatus("blueGreen", "scaleUpPreviewCheckPoint", HasReachedCheckPoint() ? true : null);
    }

    private static JsonValue? NotEmpty(string hash) => hash.Length == 0 ? null : JsonValue.Create(hash);

    private bool HasReachedCheckPoint()
    {
        if (_pass.BlueGreen.Int("previewReplicaCount") is not { } count)
            return false;
        return IsPastPreview
            || (HasPassedPrePromotion && HasCompletedPause() && _pass.Latest?.AvailableReplicas == count);
    }

    /// <summary>Why the latest ReplicaSet becomes the stable one now; null when it does not.</summary>
    private string? PromotionReason()
    {
        if (_pass.Latest is null)
            return null;
        if (_pass.Stable is null || _services.ActiveHash.Length == 0)
            return "Initial deploy";
        if (_services.ActiveHash != _pass.LatestHash)
            return null;
        if (_pass.IsPromotingFully)
            return "Full promotion requested";
        if (_pass.IsAborted)
            return null;
        if (_pass.BlueGreen.Object("postPromotionAnalysis") is null)
            return "Completed blue-green update";
        if (_isFastRollback)
            return $"Rollback to '{_pass.Latest.Name}' within scaleDownDelay";
        return _runs.Find(RunSlot.PostPromotion).Text("status", "phase") == AnalysisPhase.Successful
            ? "Completed blue-green update"
            : null;
    }
}

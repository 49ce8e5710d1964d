using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// Collects what a pass decides about pausing and aborting, and writes the outcome into the status
/// (rollout/pause.go, v1.10).
/// </summary>
internal sealed class PauseChanges(JsonObject status)
{
    public const string CanaryPauseStep = "CanaryPauseStep";
    public const string InconclusiveAnalysisRun = "InconclusiveAnalysisRun";
    public const string InconclusiveExperiment = "InconclusiveExperiment";
    public const string BlueGreenPause = "BlueGreenPause";

    private readonly List<string> _added = [];
    private readonly HashSet<string> _removed = [];
    private bool _cleared;
    private bool _abortAdded;
    private bool _abortRemoved;

    public string? AbortMessage { get; private set; }
    public bool HasAdded => _added.Count > 0;
    public bool IsAborted => !_abortRemoved && (_abortAdded || status.Flag("abort"));
    public IReadOnlyList<JsonObject> Current => status.Items("pauseConditions");
    public bool IsPausedByController => status.Flag("controllerPause");

    public JsonObject? Find(string reason) => Current.FirstOrDefault(condition => condition.Text("reason") == reason);

    public void Add(string reason) => _added.Add(reason);

    public void Remove(string reason) => _removed.Add(reason);

    public void Clear() => _cleared = true;

    public void Abort(string message)
    {
        _abortAdded = true;
        AbortMessage = message;
    }

    public void RemoveAbort() => _abortRemoved = true;

    public void Apply(JsonObject next, DateTimeOffset now)
    {
        next.Remove("pauseConditions");
        next.Remove("controllerPause");
        next.SetFlag("abort", IsAborted);
        if (IsAborted)
        {
            // The first instant is kept while the abort stands; a new abort gets a new one.
            if (status.Text("abortedAt") is null || !status.Flag("abort"))
                next["abortedAt"] = now.ToWire();
            return;
        }
        next.Remove("abortedAt");
        if (_cleared)
            return;
        var kept = Current.Where(condition => !_removed.Contains(condition.Text("reason") ?? ""));
        var conditions = new JsonArray([.. kept.Select(condition => condition.DeepClone())]);
        var isPaused = IsPausedByController;
        foreach (var reason in _added.Where(reason => Find(reason) is null))
        {
            conditions.Add(new JsonObject { ["reason"] = reason, ["startTime"] = now.ToWire() });
            isPaused = true;
        }
        if (conditions.Count == 0)
            return;
        next["pauseConditions"] = conditions;
        next.SetFlag("controllerPause", isPaused);
    }
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn.Experiments;

/// <summary>One reconcile of an Experiment at work: the status being written, and the writes so far.</summary>
internal sealed class ExperimentPass(ExperimentState state)
{
    private readonly List<ClusterWrite> _writes = [];

    public ExperimentState State { get; } = state;
    public JsonObject Experiment => State.Experiment;
    public DateTimeOffset Now => State.Now;
    public string Name => Experiment.Text("metadata", "name") ?? "";

    /// <summary>The status as it was read.</summary>
    public JsonObject Status { get; } = state.Experiment.Object("status") ?? [];

    /// <summary>The status as it will be.</summary>
    public JsonObject Next { get; } = (JsonObject)(state.Experiment.Object("status") ?? []).DeepClone();

    public IReadOnlyList<JsonObject> Templates => Experiment.Items("spec", "templates");
    public IReadOnlyList<JsonObject> Analyses => Experiment.Items("spec", "analyses");
    public DateTimeOffset? NextAt { get; private set; }
    public IReadOnlyList<ClusterWrite> Writes => _writes;

    /// <summary>Nothing is started any more, and what runs is taken down.</summary>
    public bool IsTerminating => Experiment.Flag("spec", "terminate")
        || AnalysisPhase.IsCompleted(Status.Text("phase"))
        || Status.Items("templateStatuses").Any(template => template.Text("status") is "Failed" or "Error")
        || Status.Items("analysisRuns").Any(run => run.Text("phase") is "Failed" or "Error" or "Inconclusive");

    /// <summary>When the duration is over, counted from the moment every template was up; null without one.</summary>
    public DateTimeOffset? EndsAt =>
        Status.Instant("availableAt") + GoDuration.Read(Experiment.Text("spec", "duration"));

    public bool IsOver => EndsAt <= Now;

    public JsonObject? ReplicaSet(string template) => State.ReplicaSets.FirstOrDefault(
        set => set.Text("metadata", "annotations", ArgoNames.ExperimentTemplate) == template);

    public void Write(ClusterWrite write) => _writes.Add(write);

    public void Emit(string reason, string message, bool isWarning = false) =>
        _writes.Add(new ClusterWrite.Emit(new ObjectEvent(isWarning, reason, message)));

    public void LookAgainAt(DateTimeOffset? at)
    {
        if (at is not null && (NextAt is null || at < NextAt))
            NextAt = at;
    }

    /// <summary>The entry of this name in a list of the new status, made when it is not there.</summary>
    public JsonObject Entry(string list, string name)
    {
        if (Next[list] is not JsonArray entries)
            Next[list] = entries = [];
        var found = entries.OfType<JsonObject>().FirstOrDefault(entry => entry.Text("name") == name);
        if (found is null)
            entries.Add(found = new JsonObject { ["name"] = name });
        return found;
    }

    public JsonObject OwnerReference() => new()
    {
        ["apiVersion"] = ArgoNames.ApiVersion,
        ["kind"] = "Experiment",
        ["name"] = Name,
        ["uid"] = Experiment.Text("metadata", "uid"),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}

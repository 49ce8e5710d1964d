using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>The ReplicaSet of the current template, and its place in the history (rollout/sync.go, v1.10).</summary>
internal static class RolloutRevision
{
    private const int DefaultHistoryLimit = 10;

    private static readonly HashSet<string> NotInherited = new(StringComparer.Ordinal)
    {
        ArgoNames.LastApplied, ArgoNames.Revision, ArgoNames.RevisionHistory, ArgoNames.DesiredReplicas,
        ArgoNames.WorkloadGeneration,
    };

    public static string StepHash(RolloutPass pass) => PodTemplateHash.Of(pass.Canary["steps"]);

    public static bool HasTemplateOrStepsChanged(RolloutPass pass) =>
        pass.Status.Text("currentPodHash") is { Length: > 0 } hash && hash != pass.LatestHash
        || pass.Status.Text("currentStepHash") is { Length: > 0 } steps && steps != StepHash(pass);

    /// <summary>Begins a new update: pauses, abort and runs of the one before do not stay.</summary>
    public static void Reset(RolloutPass pass)
    {
        pass.Pauses.Clear();
        pass.Pauses.RemoveAbort();
        pass.Next.Remove("promoteFull");
        pass.SetStatus("blueGreen", "scaleUpPreviewCheckPoint", null);
        pass.SetStatus("canary", "currentExperiment", null);
        foreach (var slot in RunSlot.All)
            pass.SetStatus(slot.Strategy, slot.Field, null);
        if (pass.Steps.Count == 0)
        {
            pass.Next.Remove("currentStepIndex");
            return;
        }
        pass.Next["currentStepIndex"] = pass.IsFullyPromoted ? pass.Steps.Count : 0;
        if (pass.IsFullyPromoted)
            pass.Emit("SkipSteps", "Rollback to stable");
    }

    /// <summary>Makes the ReplicaSet of the current template, or gives the existing one the newest revision.</summary>
    public static void Sync(RolloutPass pass, bool mayCreate)
    {
        var newest = Newest(pass);
        if (pass.Latest is null && mayCreate)
            Create(pass, newest);
        else if (pass.Latest is { } latest && latest.Revision < newest)
            Renumber(pass, latest, newest);
        if (pass.Latest is { Revision: var revision } && revision != pass.Revision)
        {
            var annotations = new JsonObject { [ArgoNames.Revision] = $"{revision}" };
            pass.Write(new ClusterWrite.Patch(ArgoNames.Rollouts, pass.Name,
                new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } }));
            pass.Emit("RolloutUpdated", $"Rollout updated to revision {revision}");
        }
    }

    /// <summary>One more than the highest revision of any other template.</summary>
    public static int Newest(RolloutPass pass) =>
        pass.ReplicaSets.Where(set => set.Hash != pass.LatestHash).Select(set => set.Revision)
            .DefaultIfEmpty(0).Max() + 1;

    /// <summary>The latest ReplicaSet becomes the stable one.</summary>
    public static void Promote(RolloutPass pass, string reason)
    {
        pass.Pauses.Clear();
        pass.Pauses.RemoveAbort();
        pass.Next.Remove("promoteFull");
        pass.SetStatus("blueGreen", "scaleUpPreviewCheckPoint", null);
        if (pass.Steps.Count > 0)
            pass.Next["currentStepIndex"] = pass.Steps.Count;
        else
            pass.Next.Remove("currentStepIndex");
        if (pass.IsFullyPromoted)
            return;
        pass.Next["stableRS"] = pass.LatestHash;
        pass.Emit("RolloutCompleted",
            $"Rollout completed update to revision {pass.Latest!.Revision} ({pass.LatestHash}): {reason}");
    }

    public static void DeleteOld(RolloutPass pass)
    {
        var limit = pass.Rollout.Int("spec", "revisionHistoryLimit") ?? DefaultHistoryLimit;
        var old = pass.Others.OrderByDescending(set => set.Revision).Skip(limit)
            .Where(set => set.Replicas == 0 && set.CurrentReplicas == 0 && !set.IsBeingDeleted);
        foreach (var set in old)
            pass.Write(new ClusterWrite.Delete(ArgoNames.ReplicaSets, set.Name));
    }

    private static void Create(RolloutPass pass, int revision)
    {
        var template = (JsonObject)pass.Rollout.Object("spec", "template")!.DeepClone();
        template.Child("metadata").Child("labels")[ArgoNames.HashLabel] = pass.LatestHash;
        var selector = (JsonObject)pass.Rollout.Object("spec", "selector")!.DeepClone();
        selector.Child("matchLabels")[ArgoNames.HashLabel] = pass.LatestHash;
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [ArgoNames.Revision] = $"{revision}",
            [ArgoNames.DesiredReplicas] = $"{pass.Replicas}",
        };
        foreach (var (name, value) in pass.Rollout.TextMap("metadata", "annotations"))
        {
            if (!NotInherited.Contains(name))
                annotations[name] = value;
        }
        var body = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{pass.Name}-{pass.LatestHash}",
                ["namespace"] = pass.Rollout.Text("metadata", "namespace"),
                ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
                ["annotations"] = annotations.ToJson(),
                ["ownerReferences"] = new JsonArray(AnalysisRunFactory.OwnerReference(pass.Rollout)),
            },
            ["spec"] = new JsonObject { ["replicas"] = 0, ["selector"] = selector, ["template"] = template },
        };
        if (pass.Rollout.Int("spec", "minReadySeconds") is { } minReadySeconds)
            body["spec"]!["minReadySeconds"] = minReadySeconds;
        pass.AddReplicaSet(body);
        pass.Emit("NewReplicaSetCreated", $"Created ReplicaSet {pass.Name}-{pass.LatestHash} (revision {revision})");
    }

    private static void Renumber(RolloutPass pass, ReplicaSetView set, int revision)
    {
        var history = set.Json.Text("metadata", "annotations", ArgoNames.RevisionHistory);
        var past = string.IsNullOrEmpty(history) ? $"{set.Revision}" : $"{history},{set.Revision}";
        var changes = new JsonObject
        {
            [ArgoNames.Revision] = $"{revision}",
            [ArgoNames.RevisionHistory] = past,
        };
        var annotations = set.Json.Child("metadata").Child("annotations");
        foreach (var (name, value) in changes)
            annotations[name] = value!.DeepClone();
        pass.Write(new ClusterWrite.Patch(ArgoNames.ReplicaSets, set.Name,
            new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = changes } }));
    }
}

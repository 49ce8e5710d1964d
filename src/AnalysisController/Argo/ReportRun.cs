using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>
/// The AnalysisRuns that we make ourselves, to record what direct mode judged. Three marks keep Argo's controllers off
/// them while its command line and dashboard show them: a foreign instance id (argo-rollouts utils/controller
/// InstanceIDRequirement), an owner reference that is no controller's (rollout/analysis.go) and the revision
/// (utils/annotations). Nobody else writes their status.
/// </summary>
internal static class ReportRun
{
    /// <summary>The policy by which a run is judged.</summary>
    public const string PolicyAnnotation = "rollouts-companion.io/policy";

    private const string InstanceIdLabel = "argo-rollouts.argoproj.io/controller-instance-id";

    public const string RevisionAnnotation = "rollout.argoproj.io/revision";

    public const string MetricName = "canary";

    private const string InstanceId = "rollouts-companion";

    private const string ManagedByLabel = "app.kubernetes.io/managed-by";

    private const string ManagedBy = "analysis-controller";

    private const string HashLabel = "rollouts-pod-template-hash";

    extension(AnalysisRun run)
    {
        public bool IsReport =>
            run.Metadata.Labels.GetValueOrDefault(InstanceIdLabel) == InstanceId
            && run.Metadata.Labels.GetValueOrDefault(ManagedByLabel) == ManagedBy;

        /// <summary>The policy by which a run is judged; null before we wrote to it, and where none does.</summary>
        public string? PolicyName => run.Metadata.Annotations.GetValueOrDefault(PolicyAnnotation);

        /// <summary>The Rollout that a report run is about; null where it names none.</summary>
        public OwnerReference? ReportedRollout =>
            run.Metadata.OwnerReferences.FirstOrDefault(owner => owner.Kind == "Rollout");
    }

    /// <summary>A run as it is created: already Running, for there is nobody else to start it.</summary>
    /// <param name="revision">Of the update.</param>
    /// <param name="analysis">The policy's analysis as it was written: what this run is judged by to its end.</param>
    /// <param name="earlier">The report runs that this pair had before, as far as they are kept.</param>
    /// <param name="annotations">Those that every run we judge carries.</param>
    public static JsonObject Manifest(
        Rollout rollout,
        ReplicaSetPair pair,
        string revision,
        JsonElement analysis,
        IEnumerable<AnalysisRun> earlier,
        DateTimeOffset now,
        IReadOnlyDictionary<string, string?> annotations
    )
    {
        var metadata = new JsonObject
        {
            ["name"] = Name($"{rollout.Metadata.Name}-{pair.CanaryHash}-{revision}-report", earlier),
            ["namespace"] = rollout.Metadata.Namespace,
            ["labels"] = new JsonObject
            {
                [HashLabel] = pair.CanaryHash,
                [InstanceIdLabel] = InstanceId,
                [ManagedByLabel] = ManagedBy,
            },
            ["annotations"] = JsonText.Object(annotations),
            ["ownerReferences"] = new JsonArray(
                new JsonObject
                {
                    ["apiVersion"] = "argoproj.io/v1alpha1",
                    ["kind"] = "Rollout",
                    ["name"] = rollout.Metadata.Name,
                    ["uid"] = rollout.Metadata.Uid,
                }
            ),
        };
        metadata["annotations"]![RevisionAnnotation] = revision;
        return new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "AnalysisRun",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["metrics"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = MetricName,
                        ["provider"] = new JsonObject
                        {
                            ["plugin"] = new JsonObject
                            {
                                [CompanionMetric.PluginName] = JsonNode.Parse(analysis.GetRawText()),
                            },
                        },
                    }
                ),
            },
            ["status"] = new JsonObject
            {
                ["phase"] = AnalysisPhase.Running,
                ["startedAt"] = JsonText.Time(now),
                ["message"] = "begun",
            },
        };
    }

    /// <summary>Progress: the run stays Running.</summary>
    public static JsonObject Beat(
        AnalysisRun run,
        string message,
        DateTimeOffset now,
        IReadOnlyDictionary<string, string?> annotations
    ) => Patch(run, AnalysisPhase.Running, null, message, now, annotations);

    /// <summary>The end of the run; nothing is written to it afterwards.</summary>
    /// <param name="phase">One of the completed phases.</param>
    /// <param name="value">What the measurement shows as its value: the verdict in one word.</param>
    public static JsonObject Conclude(
        AnalysisRun run,
        string phase,
        string value,
        string message,
        DateTimeOffset now,
        IReadOnlyDictionary<string, string?> annotations
    ) => Patch(run, phase, value, message, now, annotations);

    /// <summary>
    /// The plain name first; then with a number beyond that of every earlier one, the deleted ones aside.
    /// </summary>
    private static string Name(string plain, IEnumerable<AnalysisRun> earlier)
    {
        var last = earlier.Select(run => NumberOf(run.Metadata.Name, plain)).DefaultIfEmpty(-1).Max();
        return last < 0 ? plain : string.Create(CultureInfo.InvariantCulture, $"{plain}.{last + 1}");
    }

    /// <summary>-1 for a name of another revision.</summary>
    private static int NumberOf(string name, string plain) =>
        name == plain ? 0
        : name.StartsWith(plain + ".", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(plain.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
        : -1;

    private static JsonObject Patch(
        AnalysisRun run,
        string phase,
        string? value,
        string message,
        DateTimeOffset now,
        IReadOnlyDictionary<string, string?> annotations
    )
    {
        if (!run.IsReport || run.IsCompleted)
        {
            throw new ArgumentException(
                $"AnalysisRun {run.Metadata.Name} is '{run.Status.Phase}' and not ours to write",
                nameof(run)
            );
        }

        var text = JsonText.Bounded(message);
        var measurement = new JsonObject
        {
            ["phase"] = phase,
            ["startedAt"] = JsonText.Time(run.Status.StartedAt ?? now),
            ["message"] = text,
        };
        var status = new JsonObject
        {
            ["phase"] = phase,
            ["message"] = text,
            ["metricResults"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = MetricName,
                    ["phase"] = phase,
                    ["message"] = text,
                    ["measurements"] = new JsonArray(measurement),
                }
            ),
        };
        if (value is not null)
        {
            measurement["value"] = value;
            measurement["finishedAt"] = JsonText.Time(now);
            status["completedAt"] = JsonText.Time(now);
        }

        return new JsonObject
        {
            ["metadata"] = JsonText.Metadata(run, annotations),
            ["status"] = status,
        };
    }
}

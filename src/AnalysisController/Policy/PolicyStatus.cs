using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Policy;

/// <summary>One entry of a policy's conditions.</summary>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">One word in CamelCase.</param>
internal sealed record PolicyCondition(string Type, string Status, string Reason, string Message)
{
    public const string True = "True";
    public const string False = "False";
    public const string Unknown = "Unknown";

    /// <summary>The policy is valid and judges a Rollout.</summary>
    public const string Ready = "Ready";

    /// <summary>An update is being judged now.</summary>
    public const string Analyzing = "Analyzing";

    /// <summary>The pods of the last analysis gave something to judge by.</summary>
    public const string MetricsAvailable = "MetricsAvailable";
}

/// <summary>The last analysis that a policy had a say in.</summary>
/// <param name="CompletedAt">Null while it goes on.</param>
internal sealed record LastAnalysis(
    string Rollout,
    string Revision,
    string Verdict,
    string Reason,
    string Message,
    string StartedAt,
    string? CompletedAt,
    string AnalysisRun
);

/// <summary>What a policy's status says; written when something in it changed, the passing of time aside.</summary>
internal sealed record PolicyStatus(
    long ObservedGeneration,
    IReadOnlyList<PolicyCondition> Conditions,
    LastAnalysis? LastAnalysis
)
{
    /// <summary>The status as JSON; conditions that did not change keep the time of their last change.</summary>
    public JsonObject ToJson(JsonElement old, string now)
    {
        var status = new JsonObject
        {
            ["observedGeneration"] = ObservedGeneration,
            ["conditions"] = new JsonArray([
                .. Conditions.Select(condition => Json(condition, Find(old, condition.Type), now)),
            ]),
        };
        if (LastAnalysis is { } last)
        {
            status["lastAnalysis"] = new JsonObject
            {
                ["rollout"] = last.Rollout,
                ["revision"] = last.Revision,
                ["verdict"] = last.Verdict,
                ["reason"] = last.Reason,
                ["message"] = last.Message,
                ["startedAt"] = last.StartedAt,
                ["completedAt"] = last.CompletedAt,
                ["analysisRun"] = last.AnalysisRun,
            };
        }

        return status;
    }

    /// <summary>Whether the stored status says the same, the words of an analysis under way aside.</summary>
    public bool Matches(JsonElement old)
    {
        var fresh = JsonElement.Parse(ToJson(old, "").ToJsonString());
        return Texts(fresh).SequenceEqual(Texts(old));
    }

    private static IEnumerable<string?> Texts(JsonElement status)
    {
        yield return Text(status, "observedGeneration");
        foreach (var type in (string[])[
            PolicyCondition.Ready, PolicyCondition.Analyzing, PolicyCondition.MetricsAvailable])
        {
            var condition = Find(status, type);
            yield return Text(condition, "status");
            yield return Text(condition, "reason");
            yield return Text(condition, "message");
        }

        var last = Property(status, "lastAnalysis");
        foreach (var field in (string[])["rollout", "verdict", "reason", "completedAt", "analysisRun"])
        {
            yield return Text(last, field);
        }
    }

    private static JsonObject Json(PolicyCondition condition, JsonElement? old, string now) =>
        new()
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            ["lastTransitionTime"] =
                Text(old, "status") == condition.Status
                    ? Text(old, "lastTransitionTime")
                    : now,
        };

    private static JsonElement? Find(JsonElement status, string type) =>
        Property(status, "conditions") is { ValueKind: JsonValueKind.Array } conditions
            ? conditions.EnumerateArray().Cast<JsonElement?>().FirstOrDefault(one => Text(one, "type") == type)
            : null;

    private static JsonElement? Property(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } there && there.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? json, string name) =>
        Property(json, name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>The spec to replay with, or every problem at once, each led by the line or the option at fault.</summary>
internal abstract record ReplaySpecResult
{
    private ReplaySpecResult()
    {
    }

    public sealed record Valid(AnalysisSpec Spec) : ReplaySpecResult;

    public sealed record Wrong(ImmutableArray<string> Problems) : ReplaySpecResult;
}

/// <summary>The spec line with the command line's changes on top.</summary>
internal static class ReplaySpec
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="line">The spec line; null where the input has none.</param>
    /// <param name="origin">What leads a problem of the line itself, such as <c>line 1</c>.</param>
    public static ReplaySpecResult Read(JsonElement? line, string origin, ReplayOptions options)
    {
        var spec = line is { } json ? JsonObject.Create(json.Clone())! : [];
        List<(string Origin, ImmutableArray<string> Problems)> stages = [(origin, ProblemsOf(spec))];
        if (options.Preset is { } preset)
        {
            // A journal's spec line has every field of its preset put in: another preset is instead of it, not beneath
            // it.
            spec = new JsonObject { ["preset"] = preset };
            stages.Add(($"--preset {preset}", ProblemsOf(spec)));
        }

        var left = new HashSet<string>(StringComparer.Ordinal);
        foreach (var setting in options.Settings ?? [])
        {
            var unfit = Apply(spec, setting);
            left.UnionWith(unfit is null ? [] : [unfit]);
            stages.Add(($"--set {setting}", unfit is null ? ProblemsOf(spec) : [unfit]));
        }

        left.UnionWith(ProblemsOf(spec));
        return left.Count > 0 ? Blame(stages, left)
            : new ReplaySpecResult.Valid(((AnalysisSpecResult.Valid)Parse(spec)).Spec);
    }

    /// <summary>A problem that a later option mended is forgotten; one that stays is told with its origin.</summary>
    private static ReplaySpecResult.Wrong Blame(
        List<(string Origin, ImmutableArray<string> Problems)> stages, HashSet<string> left)
    {
        var told = ImmutableArray.CreateBuilder<string>();
        foreach (var (origin, problems) in stages)
        {
            var own = problems.Where(left.Remove).ToArray();
            if (own.Length > 0)
            {
                told.Add($"{origin}: {string.Join("; ", own)}");
            }
        }

        return new ReplaySpecResult.Wrong(told.ToImmutable());
    }

    private static AnalysisSpecResult Parse(JsonObject spec)
    {
        using var document = JsonDocument.Parse(spec.ToJsonString());
        return AnalysisSpec.Parse(document.RootElement.Clone());
    }

    private static ImmutableArray<string> ProblemsOf(JsonObject spec) =>
        Parse(spec) is AnalysisSpecResult.Invalid invalid ? invalid.Problems : [];

    private static string? Apply(JsonObject spec, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return "field=value or metric.field=value is expected";
        }

        var name = setting[..equals];
        var value = ValueOf(setting[(equals + 1)..]);
        if (name == "preset")
        {
            spec.Clear();
        }

        var dot = name.LastIndexOf('.');
        if (dot < 0)
        {
            spec[name] = value;
            return null;
        }

        var metric = MetricOf(spec, name[..dot]);
        if (metric is null)
        {
            return $"the spec judges no metric {name[..dot]}";
        }

        metric[name[(dot + 1)..]] = value;
        return null;
    }

    /// <summary>The object that changes one metric; made where the spec only names it.</summary>
    private static JsonObject? MetricOf(JsonObject spec, string metric)
    {
        switch (spec["metrics"])
        {
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is JsonObject item && NameOf(item["name"]) == metric)
                    {
                        return item;
                    }

                    if (NameOf(list[i]) == metric)
                    {
                        var made = new JsonObject { ["name"] = metric };
                        list[i] = made;
                        return made;
                    }
                }

                return null;
            case JsonObject byName:
                return Child(byName, metric);
            default:
                return Child(Child(spec, "metrics"), metric);
        }
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject known)
        {
            return known;
        }

        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    private static string? NameOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var name) ? name : null;

    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text, nodeOptions: null, Strict);
        }
        catch (JsonException)
        {
            // Not JSON: a plain word, such as Hold.
            return JsonValue.Create(text);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>The spec line with the command line's changes on top.</summary>
internal static class ReplaySpec
{
    public static AnalysisSpecResult Read(JsonElement? line, ReplayOptions options)
    {
        var spec = line is { } json ? JsonObject.Create(json.Clone())! : [];
        if (options.Preset is { } preset)
        {
            spec["preset"] = preset;
        }

        foreach (var setting in options.Settings ?? [])
        {
            if (Apply(spec, setting) is { } problem)
            {
                return new AnalysisSpecResult.Invalid([problem]);
            }
        }

        using var document = JsonDocument.Parse(spec.ToJsonString());
        return AnalysisSpec.Parse(document.RootElement.Clone());
    }

    private static string? Apply(JsonObject spec, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            return $"--set {setting}: field=value or metric.field=value is expected";
        }

        var name = setting[..equals];
        var value = ValueOf(setting[(equals + 1)..]);
        var dot = name.LastIndexOf('.');
        if (dot < 0)
        {
            spec[name] = value;
            return null;
        }

        var metric = MetricOf(spec, name[..dot]);
        if (metric is null)
        {
            return $"--set {setting}: the spec judges no metric {name[..dot]}";
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
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // Not JSON: a plain word, such as Hold.
            return JsonValue.Create(text);
        }
    }
}

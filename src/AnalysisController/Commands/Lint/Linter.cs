using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;
using YamlDotNet.Core;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>What was found in the files, and how many objects of ours were looked at.</summary>
internal sealed record LintReport(IReadOnlyList<LintFinding> Findings, int Policies, int Templates);

/// <summary>
/// Checks policies and analysis templates without a cluster, by the same code that reads them in one. Objects of other
/// kinds pass unread.
/// </summary>
internal static class Linter
{
    private const string OurGroup = "rollouts-companion.io";

    private const string OurVersion = OurGroup + "/v1alpha1";

    private const string OurKind = "CanaryPolicy";

    private const string ArgoVersion = "argoproj.io/v1alpha1";

    /// <summary>One object of a file.</summary>
    private sealed record Item(string File, long Line, JsonObject Json)
    {
        public string ApiVersion => Text(Json["apiVersion"]);

        public string Kind => Text(Json["kind"]);

        public bool IsPolicy => Kind == OurKind || ApiVersion.StartsWith(OurGroup + "/", StringComparison.Ordinal);

        public bool IsTemplate => Kind is "AnalysisTemplate" or "ClusterAnalysisTemplate";

        public string Name => Text((Json["metadata"] as JsonObject)?["name"]) is { Length: > 0 } name
            ? name
            : "(without a name)";

        public LintFinding Find(LintSeverity severity, string message) =>
            new(File, Line, $"{Kind} {Name}".TrimStart(), severity, message);

        public IEnumerable<LintFinding> Misnamed(string version, params string[] kinds)
        {
            if (ApiVersion != version)
            {
                yield return Find(LintSeverity.Error, $"apiVersion is \"{ApiVersion}\"; {version} is expected");
            }

            if (!kinds.Contains(Kind))
            {
                yield return Find(
                    LintSeverity.Error, $"kind is \"{Kind}\"; {string.Join(" or ", kinds)} is expected");
            }
        }

        private static string Text(JsonNode? node) =>
            node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString() ?? "";
    }

    /// <param name="files">Each is read and disposed of before the next is asked for.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not YAML, or no file holds an object; it is named.</exception>
    public static LintReport Lint(IEnumerable<(string Name, TextReader Text)> files)
    {
        var findings = new List<LintFinding>();
        var items = new List<Item>();
        foreach (var (name, text) in files)
        {
            var found = Items(name, text);
            items.AddRange(found);
            if (found.Count == 0)
            {
                findings.Add(new LintFinding(name, 1, "whole file", LintSeverity.Warning, "there is no object in it"));
            }
        }

        if (items.Count == 0)
        {
            var names = string.Join(", ", findings.Select(finding => finding.File));
            throw new InvalidDataException($"{names}: there is no object in it, so that nothing was checked");
        }

        findings.AddRange(
            items.Where(item => item.Kind.Length == 0)
                .Select(item => item.Find(LintSeverity.Warning, "no kind: this is no object of Kubernetes"))
        );
        var policies = new Dictionary<string, CanaryPolicy>();
        foreach (var item in items.Where(item => item.IsPolicy))
        {
            findings.AddRange(item.Misnamed(OurVersion, OurKind));
            findings.AddRange(CheckPolicy(item, policies));
        }

        var templates = 0;
        foreach (var item in items.Where(item => item.IsTemplate))
        {
            if (CheckTemplate(item, policies) is { } found)
            {
                templates++;
                findings.AddRange(item.Misnamed(ArgoVersion, item.Kind).Concat(found));
            }
        }

        return new LintReport(findings, items.Count(item => item.IsPolicy), templates);
    }

    private static List<Item> Items(string file, TextReader text)
    {
        using (text)
        {
            try
            {
                var items =
                    from document in YamlDocuments.Read(text)
                    from json in document.Content switch
                    {
                        JsonObject { } list when list["items"] is JsonArray items => items.OfType<JsonObject>(),
                        JsonObject single => [single],
                        _ => [],
                    }
                    select new Item(file, document.Line, json);
                return [.. items];
            }
            catch (YamlException e)
            {
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{file}: not YAML: line {e.Start.Line}, column {e.Start.Column}: {e.Message}"
                    ),
                    e
                );
            }
        }
    }

    private static IEnumerable<LintFinding> CheckPolicy(Item item, Dictionary<string, CanaryPolicy> policies)
    {
        if (Read(item, KubernetesJson.Default.CanaryPolicy, out var problem) is not { } policy)
        {
            return [item.Find(LintSeverity.Error, problem)];
        }

        policies[item.Name] = policy;
        return PolicyReader.Read(policy) switch
        {
            PolicyResult.Invalid(var problems) => problems.Select(one => item.Find(LintSeverity.Error, one)),
            PolicyResult.Valid(var terms) => SpecLint.Warnings(terms.Analysis)
                .Select(one => item.Find(LintSeverity.Warning, $"spec.analysis: {one}")),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <returns>Null when the template asks nothing of us.</returns>
    private static IEnumerable<LintFinding>? CheckTemplate(Item item, Dictionary<string, CanaryPolicy> policies) =>
        Read(item, KubernetesJson.Default.AnalysisRun, out var problem) is { } template
            ? TemplateLint.Check(template, policies)?.Select(one => item.Find(one.Severity, one.Message))
            : [item.Find(LintSeverity.Error, problem)];

    private static T? Read<T>(Item item, JsonTypeInfo<T> type, out string problem)
        where T : class
    {
        problem = JsonMismatch.NullItem(item.Json, "") is { } path ? $"{path} is null; an item is expected" : "";
        if (problem.Length > 0)
        {
            return null;
        }

        try
        {
            return item.Json.Deserialize(type);
        }
        catch (JsonException e)
        {
            problem = JsonMismatch.Describe(e, item.Json, type);
            return null;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
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
    /// <summary>One object of a file.</summary>
    private sealed record Item(string File, long Line, JsonObject Json)
    {
        public string Kind => (string?)Json["kind"] ?? "";

        public string Name => (string?)(Json["metadata"] as JsonObject)?["name"] ?? "(without a name)";

        public LintFinding Find(LintSeverity severity, string message) =>
            new(File, Line, $"{Kind} {Name}", severity, message);
    }

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="YamlException">A file is not YAML.</exception>
    public static LintReport Lint(IEnumerable<(string Name, TextReader Text)> files)
    {
        var items = files.SelectMany(file => Items(file.Name, file.Text)).ToList();
        var findings = new List<LintFinding>();
        var policies = new Dictionary<string, CanaryPolicy>();
        foreach (var item in items.Where(item => item.Kind == "CanaryPolicy"))
        {
            findings.AddRange(Check(item, policies));
        }

        var templates = 0;
        foreach (var item in items.Where(item => item.Kind is "AnalysisTemplate" or "ClusterAnalysisTemplate"))
        {
            if (Check(item, policies, findings))
            {
                templates++;
            }
        }

        return new LintReport(findings, items.Count(item => item.Kind == "CanaryPolicy"), templates);
    }

    private static IEnumerable<Item> Items(string file, TextReader text) =>
        from document in YamlDocuments.Read(text)
        from json in document.Content switch
        {
            JsonObject { } list when list["items"] is JsonArray items => items.OfType<JsonObject>(),
            JsonObject single => [single],
            _ => [],
        }
        select new Item(file, document.Line, json);

    private static IEnumerable<LintFinding> Check(Item item, Dictionary<string, CanaryPolicy> policies)
    {
        if (Read(item, KubernetesJson.Default.CanaryPolicy, out var problem) is not { } policy)
        {
            return [item.Find(LintSeverity.Error, problem)];
        }

        policies[item.Name] = policy;
        return PolicyReader.Read(policy) is PolicyResult.Invalid(var problems)
            ? problems.Select(one => item.Find(LintSeverity.Error, one))
            : [];
    }

    private static bool Check(Item item, Dictionary<string, CanaryPolicy> policies, List<LintFinding> findings)
    {
        if (Read(item, KubernetesJson.Default.AnalysisRun, out var problem) is not { } template)
        {
            findings.Add(item.Find(LintSeverity.Error, problem));
            return true;
        }

        if (TemplateLint.Check(template, policies) is not { } found)
        {
            return false;
        }

        findings.AddRange(found.Select(one => item.Find(one.Severity, one.Message)));
        return true;
    }

    private static T? Read<T>(
        Item item,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        out string problem
    )
        where T : class
    {
        problem = "";
        try
        {
            return item.Json.Deserialize(type);
        }
        catch (JsonException e)
        {
            problem = $"{e.Path}: {e.InnerException?.Message ?? e.Message}";
            return null;
        }
    }
}

using System.Text.RegularExpressions;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>docs/metrics.md, held against what a running controller exposes: name, type, labels and meaning.</summary>
internal static partial class MetricsReference
{
    /// <summary>The table's rows as the program would write them, in the order of their names.</summary>
    public static IReadOnlyList<string> Exposed(string exposition)
    {
        var lines = exposition.Split('\n');
        var samples = lines.Where(line => line.Length > 0 && line[0] != '#').ToList();
        return
        [
            .. from line in lines
            where line.StartsWith("# TYPE ", StringComparison.Ordinal)
            let words = line.Split(' ')
            let name = words[2]
            let help = lines.Single(other => other.StartsWith($"# HELP {name} ", StringComparison.Ordinal))
            orderby name
            select $"| `{name}` | {words[3]} | {LabelsOf(name, samples)} | {help[$"# HELP {name} ".Length..]} |",
        ];
    }

    public static IReadOnlyList<string> Documented() =>
        [
            .. File.ReadAllLines(Page("metrics.md"))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A page of docs/.</summary>
    public static string Page(string name) =>
        Path.Combine(Path.GetDirectoryName(RepositoryFiles.Crds())!, "docs", name);

    private static string LabelsOf(string family, List<string> samples) =>
        string.Join(
            ", ",
            samples
                .Where(sample => Sample().Match(sample) is var match && IsOf(match.Groups["name"].Value, family))
                .SelectMany(sample => Label().Matches(sample).Select(match => match.Groups[1].Value))
                .Where(label => label != "le")
                .Distinct()
                .Select(label => $"`{label}`")
        );

    private static bool IsOf(string sample, string family) =>
        sample == family
        || (
            sample.StartsWith(family, StringComparison.Ordinal)
            && sample[family.Length..] is "_bucket" or "_sum" or "_count"
        );

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)[ {]")]
    private static partial Regex Sample();

    [GeneratedRegex("[{,]([a-zA-Z_][a-zA-Z0-9_]*)=\"")]
    private static partial Regex Label();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Rollouts.House.Docs;

/// <summary>The form of the records in docs/decisions: a number, a status, and three parts.</summary>
internal static partial class Decisions
{
    private static readonly string[] Parts = ["## Context", "## Decision", "## Consequences"];

    public static IEnumerable<Finding> Malformed(SourceFile record)
    {
        var name = FileName().Match(Path.GetFileName(record.Path));
        if (!name.Success)
        {
            return [record.At(0, "a decision is named 0001-like-this.md")];
        }

        var number = int.Parse(name.Groups[1].Value, CultureInfo.InvariantCulture);
        var wrong = new List<Finding>();
        if (!record.Lines[0].StartsWith($"# {number}. ", StringComparison.Ordinal))
        {
            wrong.Add(record.At(1, $"the heading starts with '# {number}. '"));
        }

        if (!record.Lines.Any(line => Status().IsMatch(line)))
        {
            wrong.Add(record.At(0, "no line 'Status: accepted' or 'Status: replaced by NNNN'"));
        }

        wrong.AddRange(Parts.Except(record.Lines).Select(part => record.At(0, $"no part '{part}'")));
        return wrong;
    }

    /// <summary>Numbers that two records claim.</summary>
    public static IEnumerable<string> SharedNumbers(IEnumerable<string> paths) =>
        paths.Select(path => Path.GetFileName(path)[..4]).CountBy(number => number)
            .Where(count => count.Value > 1).Select(count => count.Key);

    [GeneratedRegex(@"^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^Status: (accepted|replaced by \d{4})$")]
    private static partial Regex Status();
}

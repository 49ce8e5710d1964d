using System.Reflection;

using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests.Verdict;

/// <summary>docs/reasons.md against the judge's own list.</summary>
public sealed class ReasonPage
{
    private static readonly string[][] Rows =
        [.. Page().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..5])];

    private static readonly string[] Reasons =
        [.. typeof(VerdictReason).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!)];

    [Fact]
    public void Every_reason_has_one_row_and_every_row_a_reason() =>
        Assert.Equal(Reasons.Order(StringComparer.Ordinal),
            Rows.Select(row => row[0].Trim('`')).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_row_says_decision_meaning_and_what_to_do() =>
        Assert.All(Rows, row =>
        {
            Assert.All(row[1].Split(", "), decision => Assert.True(Enum.TryParse<Decision>(decision, out _), decision));
            Assert.All(row[2..], cell => Assert.True(cell.Length > 5, $"{row[0]} has an empty cell"));
        });

    [Fact]
    public void Decision_of_each_row_is_the_one_that_the_source_documents()
    {
        var source = File.ReadAllText(Path.Combine(Root(), "src", "Analysis", "Verdict", "VerdictReason.cs"));
        Assert.All(Rows, row =>
        {
            var before = source[..source.IndexOf($"const string {row[0].Trim('`')} ", StringComparison.Ordinal)];
            var summary = before[before.LastIndexOf("<summary>", StringComparison.Ordinal)..];
            Assert.All(row[1].Split(", "), decision => Assert.Contains(decision, summary, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Reasons_that_want_data_are_those_that_say_that_nothing_was_seen() =>
        Assert.Equal(
            ["NoCanaryTraffic", "NoComparableTraffic", "NoMetrics", "NoStableTraffic", "ScrapeFailed",
                "ScrapeUnreachable"],
            Reasons.Where(VerdictReason.IsWantOfData).Order(StringComparer.Ordinal));

    private static string Page() => File.ReadAllText(Path.Combine(Root(), "docs", "reasons.md"));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Rollouts.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

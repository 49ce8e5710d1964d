namespace Rollouts.House;

/// <summary>A rule of the house: the places in one file where it does not hold.</summary>
internal delegate IEnumerable<Finding> Rule(SourceFile file);

internal static class RuleAssertions
{
    private const int MaxShown = 50;

    /// <summary>Fails with every finding of the rule, one a line, as a compiler would print them.</summary>
    public static void HoldsFor(this Rule rule, IEnumerable<SourceFile> files)
    {
        var read = 0;
        var findings = files.SelectMany(file => { read++; return rule(file); }).ToList();
        Assert.True(read > 0, "The rule was asked about no file at all.");
        AssertNone(findings);
    }

    public static void AssertNone(IReadOnlyCollection<Finding> findings)
    {
        var shown = string.Join('\n', findings.Take(MaxShown));
        var which = findings.Count > MaxShown ? $", the first {MaxShown}" : "";
        Assert.True(findings.Count == 0, $"{findings.Count} places break the rule{which}:\n{shown}");
    }

    /// <summary>The lines of a sample on which the rule finds something.</summary>
    public static IEnumerable<int> LinesIn(this Rule rule, string sample, string path = "src/Api/Sample.cs") =>
        rule(new SourceFile(path, sample)).Select(finding => finding.Line);
}

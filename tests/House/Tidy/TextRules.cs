using System.Text.RegularExpressions;

namespace Rollouts.House.Tidy;

/// <summary>Rules about lines and characters; they ask nothing about the language.</summary>
internal static partial class TextRules
{
    public const int MaxColumns = 120;
    public const int MaxLines = 400;

    /// <summary>A line within a raw string of several lines is data: a break would change the value.</summary>
    public static IEnumerable<Finding> LineLength(SourceFile file)
    {
        var found = EachLine(file, line =>
            line.Length > MaxColumns ? $"{line.Length} columns; {MaxColumns} is the limit" : null);
        return file.IsCSharp ? found.Where(finding => !file.IsWithinRawString(finding.Line)) : found;
    }

    public static IEnumerable<Finding> FileLength(SourceFile file) =>
        file.Lines.Count > MaxLines ? [file.At(0, $"{file.Lines.Count} lines; {MaxLines} is the limit")] : [];

    public static IEnumerable<Finding> WhiteSpace(SourceFile file)
    {
        var found = EachLine(file, line =>
            line.Contains('\r', StringComparison.Ordinal) ? "a carriage return; lines end in LF"
            : line.Contains('\t', StringComparison.Ordinal) && !IsMakefile(file) ? "a tab; indent with spaces"
            : line.EndsWith(' ') ? "space at the end of the line"
            : null);
        return file.Text.EndsWith('\n') && !file.Text.EndsWith("\n\n", StringComparison.Ordinal)
            ? found
            : found.Append(file.At(file.Lines.Count, "the file ends in exactly one newline"));
    }

    /// <summary>Words that say the work is not done.</summary>
    public static IEnumerable<Finding> LeftOvers(SourceFile file) => EachMatch(file, LeftOver(), "left over");

    /// <summary>Folders of one machine and hosts of package registries have no place in the tree.</summary>
    public static IEnumerable<Finding> MachineTraces(SourceFile file) =>
        EachMatch(file, MachineFolder(), "a folder of one machine").Concat(
            EachMatch(file, RegistryHost(), "the host of a package registry"));

    private static bool IsMakefile(SourceFile file) => file.Path.EndsWith("Makefile", StringComparison.Ordinal);

    private static IEnumerable<Finding> EachMatch(SourceFile file, Regex pattern, string what) =>
        EachLine(file, line => pattern.Match(line) is { Success: true } match ? $"{what}: {match.Value.Trim()}" : null);

    private static IEnumerable<Finding> EachLine(SourceFile file, Func<string, string?> judge)
    {
        for (var number = 1; number <= file.Lines.Count; number++)
        {
            if (judge(file.Lines[number - 1]) is { } message)
            {
                yield return file.At(number, message);
            }
        }
    }

    // A letter in brackets keeps each pattern from finding itself.
    [GeneratedRegex(@"\b(TOD[O]|FIXM[E]|HAC[K]|XX[X]\b|NotImplemente[d]Exception|Thread\.Slee[p]\()")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"(^|[^a-zA-Z0-9.])/(wor[k]|roo[t]|far[m]|tmp/w[t]|home/[a-z]+)/")]
    private static partial Regex MachineFolder();

    [GeneratedRegex(@"npmj[s]\.org|nuge[t]\.org|debia[n]\.org|ubunt[u]\.com|pyp[i]\.org|prox[y]\.golang\.org")]
    private static partial Regex RegistryHost();
}

using System.Text.RegularExpressions;

namespace Rollouts.House.Docs;

/// <summary>What a Markdown page says that can be checked: its links, its anchors, and the code it quotes.</summary>
internal static partial class Markdown
{
    /// <summary>Relative links of the page that lead nowhere: to no file, or to no heading of the file.</summary>
    public static IEnumerable<Finding> DeadLinks(SourceFile page, Func<string, string?> read, Func<string, bool> exists)
    {
        foreach (var (line, target) in Links(page))
        {
            var parts = target.Split('#', 2);
            var path = parts[0].Length == 0 ? page.Path : Resolve(page.Path, parts[0]);
            if (!exists(path))
            {
                yield return page.At(line, $"a link to {target}, which is not there");
            }
            else if (parts.Length == 2 && read(path) is { } text && !Anchors(text).Contains(parts[1]))
            {
                yield return page.At(line, $"a link to {target}, but {path} has no such heading");
            }
        }
    }

    /// <summary>Everything in backticks or in a code block, with its line.</summary>
    public static IEnumerable<(int Line, string Code)> Code(SourceFile page) =>
        from line in Read(page)
        from code in line.IsCode ? [line.Text] : InlineCode().Matches(line.Text).Select(match => match.Groups[1].Value)
        select (line.Number, code);

    private static IEnumerable<(int Line, string Target)> Links(SourceFile page) =>
        from line in Read(page)
        where !line.IsCode
        from Match match in Link().Matches(InlineCode().Replace(line.Text, ""))
        let target = match.Groups[1].Value
        where !target.Contains(':', StringComparison.Ordinal)
        select (line.Number, target);

    /// <summary>The lines of the page, each said to be within a code block or not; the fences are left out.</summary>
    private static IEnumerable<(int Number, string Text, bool IsCode)> Read(SourceFile page)
    {
        var fenced = false;
        for (var number = 1; number <= page.Lines.Count; number++)
        {
            var text = page.Lines[number - 1];
            if (text.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                fenced = !fenced;
            }
            else
            {
                yield return (number, text, fenced);
            }
        }
    }

    /// <summary>The anchors of a page's headings, made as the usual renderers make them.</summary>
    private static HashSet<string> Anchors(string text) =>
        Heading().Matches(text)
            .Select(match => match.Groups[1].Value.Trim().ToLowerInvariant())
            .Select(heading => NotInAnchor().Replace(heading, "").Replace(' ', '-'))
            .ToHashSet(StringComparer.Ordinal);

    private static string Resolve(string page, string target)
    {
        var folder = Path.GetDirectoryName(page) ?? "";
        return Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", folder, Uri.UnescapeDataString(target))));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^#+\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}

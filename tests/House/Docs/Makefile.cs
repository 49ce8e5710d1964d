using System.Text.RegularExpressions;

namespace Rollouts.House.Docs;

/// <summary>The verbs of the Makefile, and the verbs that a text tells its reader to use.</summary>
internal static partial class Makefile
{
    public static IReadOnlyList<string> Verbs(string makefile) =>
        Target().Matches(makefile).Select(match => match.Groups[1].Value).ToList();

    public static IEnumerable<Finding> UnknownVerbs(SourceFile page, IReadOnlyList<string> verbs) =>
        from code in Markdown.Code(page)
        from Match match in Call().Matches(code.Code)
        let verb = match.Groups[1].Value
        where !verbs.Contains(verb)
        select page.At(code.Line, $"make {verb}: the Makefile has no such verb");

    [GeneratedRegex("^([a-z][a-z-]*):", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"(?:^|[\s;&(])make ([a-z][a-z-]*)")]
    private static partial Regex Call();
}

using System.Text.RegularExpressions;

namespace Rollouts.AnalysisController.Argo;

/// <summary>
/// A regular expression as Go writes it (golang.org/s/re2syntax), asked whether it matches anywhere in a text. The two
/// languages agree on what a metric's name needs but for the spellings below.
/// </summary>
internal static class GoPattern
{
    private static readonly (string Go, string Net)[] Spellings =
    [
        ("(?P<", "(?<"),
        ("(?U)", ""),
        ("[:alnum:]", "0-9A-Za-z"),
        ("[:alpha:]", "A-Za-z"),
        ("[:digit:]", "0-9"),
        ("[:lower:]", "a-z"),
        ("[:upper:]", "A-Z"),
        ("[:punct:]", @"!-/:-@\[-`{-~"),
        ("[:space:]", @"\s"),
        ("[:word:]", @"\w"),
        ("[:xdigit:]", "0-9A-Fa-f"),
    ];

    /// <summary>Null for a pattern that cannot be read here.</summary>
    public static bool? IsMatch(string text, string pattern)
    {
        var translated = Spellings.Aggregate(
            pattern,
            (read, spelling) => read.Replace(spelling.Go, spelling.Net, StringComparison.Ordinal)
        );
        try
        {
            return Regex.IsMatch(text, translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

using System.Text.RegularExpressions;

namespace Rollouts.LocalCluster.ArgoStandIn.Json;

/// <summary>A regular expression in Go's spelling (golang.org/s/re2syntax), which may match anywhere.</summary>
internal static partial class GoPattern
{
    /// <summary>Null for a pattern that cannot be read.</summary>
    public static bool? IsMatch(string text, string pattern)
    {
        try
        {
            var spelled = NamedGroup().Replace(PosixClass().Replace(pattern, Members), "(?<");
            return Regex.IsMatch(text, spelled, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string Members(Match named) => named.Groups[1].Value switch
    {
        "alpha" => "a-zA-Z",
        "alnum" => "a-zA-Z0-9",
        "digit" => "0-9",
        "lower" => "a-z",
        "upper" => "A-Z",
        _ => named.Value,
    };

    [GeneratedRegex(@"\(\?P<")]
    private static partial Regex NamedGroup();

    [GeneratedRegex(@"\[:([a-z]+):\]")]
    private static partial Regex PosixClass();
}

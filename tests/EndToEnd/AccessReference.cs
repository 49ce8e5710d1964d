using System.Text.RegularExpressions;

namespace Rollouts.EndToEnd;

/// <summary>The RBAC table of docs/operations.md, and the requests in a controller's log as RBAC reads them.</summary>
internal static partial class AccessReference
{
    public static HashSet<string> Documented(string page) =>
        [
            .. from line in File.ReadAllLines(page)
            where line.StartsWith("| `", StringComparison.Ordinal)
            let cells = line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray()
            where cells.Length == 4
            from verb in cells[2].Split(", ")
            select $"{cells[0]} {cells[1]} {verb}",
        ];

    public static HashSet<string> Requested(IEnumerable<string> log) =>
        [
            .. from line in log
            let match = Request().Match(line)
            where match.Success
            let name = match.Groups["name"].Success
            let subresource = match.Groups["sub"].Success ? "/" + match.Groups["sub"].Value : ""
            let api = match.Groups["group"].Success ? match.Groups["group"].Value : "core"
            select $"{api} {match.Groups["plural"].Value}{subresource} {VerbOf(match, name)}",
        ];

    private static string VerbOf(Match match, bool isOne) =>
        match.Groups["method"].Value switch
        {
            "POST" => "create",
            "GET" when isOne => "get",
            "GET" => match.Groups["query"].Value.Contains("watch=1", StringComparison.Ordinal) ? "watch" : "list",
            var method => method.ToLowerInvariant(),
        };

    [GeneratedRegex(
        "(?<method>GET|POST|PATCH|DELETE) /(api/v1|apis/(?<group>[^/ ]+)/[^/ ]+)/namespaces/[^/ ]+/(?<plural>[^/? ]+)"
            + "(/(?<name>[^/? ]+)(/(?<sub>[^/? ]+))?)?(?<query>\\?[^ ]*)?: [0-9]{3} in"
    )]
    private static partial Regex Request();
}

using System.Text.RegularExpressions;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <summary>
/// <c>a=b,c!=d,e in (x,y),f notin (z),g,!h</c> (apimachinery pkg/labels/selector.go); a label that is absent matches
/// <c>!=</c> and <c>notin</c>.
/// </summary>
internal sealed partial class LabelSelector
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> _requirements = [];

    /// <exception cref="ApiException">400: not a selector.</exception>
    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        if (string.IsNullOrWhiteSpace(text))
            return selector;
        foreach (var part in Comma().Split(text))
            selector._requirements.Add(Requirement(part.Trim(), text));
        return selector;
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        _requirements.TrueForAll(requirement => requirement(labels));

    private static Func<IReadOnlyDictionary<string, string>, bool> Requirement(string part, string whole)
    {
        var match = Grammar().Match(part);
        if (!match.Success)
            throw ApiException.BadRequest($"unable to parse requirement: {part} in the label selector {whole}");
        var key = match.Groups["key"].Value;
        if (match.Groups["absent"].Success)
            return labels => !labels.ContainsKey(key);
        if (match.Groups["op"].Success)
        {
            var value = match.Groups["value"].Value;
            var wantsEqual = match.Groups["op"].Value != "!=";
            return labels =>
                labels.TryGetValue(key, out var actual) && actual == value == wantsEqual
                || !wantsEqual && !labels.ContainsKey(key);
        }
        if (match.Groups["set"].Success)
        {
            var values = match
                .Groups["values"]
                .Value.Split(',')
                .Select(value => value.Trim())
                .ToHashSet(StringComparer.Ordinal);
            var wantsIn = match.Groups["set"].Value == "in";
            return labels => labels.TryGetValue(key, out var actual) ? values.Contains(actual) == wantsIn : !wantsIn;
        }
        return labels => labels.ContainsKey(key);
    }

    /// <summary>A comma outside parentheses.</summary>
    [GeneratedRegex(@",(?![^(]*\))", RegexOptions.CultureInvariant)]
    private static partial Regex Comma();

    [GeneratedRegex(
        @"^(?<absent>!\s*)?(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)"
            + @"(\s*(?<op>==|=|!=)\s*(?<value>[-A-Za-z0-9_.]*)|\s+(?<set>in|notin)\s*\((?<values>[^()]*)\))?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}

using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Rollouts.AnalysisController.Commands;

/// <summary>
/// Names that Kubernetes will be asked for, checked at the start: later it would refuse them at every attempt. The
/// rules are those of kubernetes.io/docs/concepts/overview/working-with-objects, names and labels.
/// </summary>
internal static partial class ObjectNames
{
    private const int MostOfLabel = 63;
    private const int MostOfSubdomain = 253;

    /// <summary>Of a namespace: an RFC 1123 label.</summary>
    public static void CheckNamespace(OptionResult option) =>
        Check(option, Label(), MostOfLabel, "lower-case letters, digits or '-', the first and the last no '-'");

    /// <summary>Of an object such as a Lease: an RFC 1123 subdomain.</summary>
    public static void CheckName(OptionResult option) =>
        Check(
            option,
            Subdomain(),
            MostOfSubdomain,
            "lower-case letters, digits, '-' or '.', a letter or digit at both ends of each part"
        );

    /// <summary>Of a label.</summary>
    public static void CheckLabelValue(OptionResult option) =>
        Check(option, LabelValue(), MostOfLabel, "letters, digits, '-', '_' or '.', a letter or digit at both ends");

    private static void Check(OptionResult option, Regex rule, int most, string wanted)
    {
        foreach (var name in option.Tokens.Select(token => token.Value))
        {
            if (name.Length > most || !rule.IsMatch(name))
            {
                option.AddError($"{option.IdentifierToken?.Value} '{name}': want 1 to {most} {wanted}");
            }
        }
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();
}

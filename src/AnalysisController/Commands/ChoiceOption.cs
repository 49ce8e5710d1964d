using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rollouts.AnalysisController.Commands;

/// <summary>An option that takes one word of an enum, in any case; another word is answered with the list.</summary>
internal sealed class ChoiceOption<T> : Option<T>
    where T : struct, Enum
{
    public ChoiceOption(T otherwise, string name, params string[] aliases)
        : base(name, aliases)
    {
        HelpName = string.Join('|', Words());
        DefaultValueFactory = _ => otherwise;
        CustomParser = Parse;
    }

    private static T Parse(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        foreach (var choice in Enum.GetValues<T>())
        {
            if (string.Equals(choice.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        var option = argument.Parent is OptionResult { IdentifierToken.Value: { } given } ? given : "";
        argument.AddError($"{option} '{text}': want one of {string.Join(", ", Words())}");
        return default;
    }

    private static IEnumerable<string> Words() => Enum.GetNames<T>().Select(name => name.ToLowerInvariant());
}

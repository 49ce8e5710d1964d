using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rollouts.AnalysisController.Commands;

/// <summary>An option that takes one word of an enum, in any case; another word is answered with the list.</summary>
/// <remarks>
/// Null stands for an option that was left out: a default of System.CommandLine is shown as C# writes it.
/// </remarks>
internal sealed class ChoiceOption<T> : Option<T?>
    where T : struct, Enum
{
    private readonly T _otherwise;

    public ChoiceOption(T otherwise, string description, string name, params string[] aliases)
        : base(name, aliases)
    {
        _otherwise = otherwise;
        Description = $"{description} Default: {Word(otherwise)}.";
        HelpName = string.Join('|', Words());
        CustomParser = Parse;
    }

    public T Read(ParseResult arguments) => arguments.GetValue(this) ?? _otherwise;

    private static T? Parse(ArgumentResult argument)
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
        return null;
    }

    private static IEnumerable<string> Words() => Enum.GetValues<T>().Select(Word);

    private static string Word(T choice) => choice.ToString().ToLowerInvariant();
}

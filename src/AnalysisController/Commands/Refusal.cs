using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rollouts.AnalysisController.Commands;

/// <summary>What is wrong with a command line, in words that say what there is instead, and where to read on.</summary>
internal static class Refusal
{
    private const string Program = "analysis-controller";

    public static string[] Of(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        var strange = arguments.UnmatchedTokens;
        return
        [
            .. arguments.Errors
                .Where(error => !strange.Any(token => error.Message.EndsWith($"'{token}'.", StringComparison.Ordinal)))
                .Select(Describe)
                .Concat(strange.Take(1).Select(token => Unknown(token, command)))
                .Distinct(),
        ];
    }

    /// <summary>Where to read what the verb takes.</summary>
    public static string Hint(Command command) =>
        command is RootCommand ? $"Try '{Program} --help'." : $"Try '{Program} {NameOf(command)} --help'.";

    private static string Describe(ParseError error) =>
        error.SymbolResult switch
        {
            ArgumentResult {
                Tokens.Count: 0, Argument: var argument, Parent: CommandResult { Command: var command } } =>
                $"{NameOf(command)} wants a {argument.Name}: {argument.Description}",
            OptionResult { Tokens.Count: 0, Option: var option } => $"{option.Name} wants a value",
            ArgumentResult { Tokens.Count: 0, Parent: OptionResult { Option: var option } } =>
                $"{option.Name} wants a value",
            _ => error.Message,
        };

    private static string Unknown(string token, Command command)
    {
        var verbs = string.Join(", ", command.Subcommands.Select(verb => verb.Name));
        return token.StartsWith('-') && token.Length > 1 ? $"{NameOf(command)} has no option {token}"
            : verbs.Length > 0 ? $"there is no verb '{token}'; want one of {verbs}, or --version"
            : $"{NameOf(command)} takes nothing more, and there is '{token}'";
    }

    private static string NameOf(Command command) =>
        command is RootCommand ? Program
        : command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand
            ? $"{NameOf(parent)} {command.Name}"
        : command.Name;
}

using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rollouts.AnalysisController.Commands;

/// <summary>An option that takes a duration as Go writes them: 15s, 500ms, 2m, 1h.</summary>
/// <remarks>
/// Null stands for an option that was left out: a default of System.CommandLine is shown as C# writes it.
/// </remarks>
internal sealed class DurationOption : Option<TimeSpan?>
{
    private readonly TimeSpan _otherwise;

    public DurationOption(string name, string otherwise, string description)
        : base(name)
    {
        _otherwise = DurationText.Parse(otherwise)!.Value;
        Description = $"{description} Default: {otherwise}.";
        HelpName = "duration";
        CustomParser = Parse;
    }

    public TimeSpan Read(ParseResult arguments) => arguments.GetValue(this) ?? _otherwise;

    /// <summary>While options are checked.</summary>
    public TimeSpan Read(CommandResult command) => command.GetValue(this) ?? _otherwise;

    private TimeSpan? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        if (DurationText.Parse(text) is { } duration)
        {
            return duration;
        }

        argument.AddError($"{Name} '{text}': want a duration such as 15s, 500ms or 1m30s");
        return null;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rollouts.AnalysisController.Commands;

/// <summary>An option that takes a duration as Go writes them: 15s, 500ms, 2m, 1h.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan> Create(string name, TimeSpan otherwise, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "duration",
            DefaultValueFactory = _ => otherwise,
            CustomParser = argument => Parse(argument, name),
        };

    private static TimeSpan Parse(ArgumentResult argument, string name)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        if (DurationText.Parse(text) is { } duration)
        {
            return duration;
        }

        argument.AddError($"{name} '{text}': want a duration such as 15s, 500ms or 1m30s");
        return TimeSpan.Zero;
    }
}

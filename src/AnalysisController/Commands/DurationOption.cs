using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rollouts.AnalysisController.Commands;

/// <summary>An option that takes a duration as Go writes them: 15s, 500ms, 2m, 1h.</summary>
internal static class DurationOption
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

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
        foreach (var (unit, seconds) in Units)
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var count
                )
                && count * seconds <= TimeSpan.FromDays(1).TotalSeconds
            )
            {
                return TimeSpan.FromSeconds(count * seconds);
            }
        }

        argument.AddError($"{name} '{text}': want a duration up to a day, such as 15s, 500ms or 2m");
        return TimeSpan.Zero;
    }
}

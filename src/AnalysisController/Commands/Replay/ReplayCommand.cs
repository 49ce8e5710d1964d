using System.CommandLine;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>The <c>replay</c> verb: recorded evidence in, one line of judgement an interval out.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> Input = new("file")
    {
        Description = "JSON Lines of kinds spec, interval, step and scrape; '-' is standard input.",
        DefaultValueFactory = _ => "-",
    };

    private static readonly ChoiceOption<ReplayFormat> Output = new(
        ReplayFormat.Json,
        "json: one line an interval; table: one row a change of verdict and every 30th interval.",
        "--output",
        "-o"
    );

    private static readonly Option<string?> Preset = new("--preset")
    {
        Description = "Judge by this preset (default, fast, strict); instead of the spec line; --set changes it.",
    };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description =
            "Change the spec: field=value, or metric.field=value such as errors.margin=0.01; may be repeated.",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    private static readonly ChoiceOption<ReplayBounds> Bounds = new(
        ReplayBounds.Auto,
        "auto: confidence bounds every 30th interval and when the verdict changes; every: at each interval; never.",
        "--bounds"
    );

    /// <summary>The command, to be added to the root.</summary>
    public static Command Create()
    {
        var command = new Command(
            "replay",
            "Judge recorded evidence again. "
            + "Exit code: 0 Pass, 1 Abort, 2 bad input or options, 3 Inconclusive, 4 Continue.")
        {
            Input, Output, Preset, Set, Bounds,
        };
        command.SetAction(async (arguments, cancellation) =>
        {
            var options = new ReplayOptions(
                arguments.GetValue(Preset),
                [.. arguments.GetValue(Set) ?? []],
                Output.Read(arguments),
                Bounds.Read(arguments));
            var name = arguments.GetValue(Input) ?? "-";
            var output = arguments.InvocationConfiguration.Output;
            var errors = arguments.InvocationConfiguration.Error;
            if (name == "-")
            {
                return await ReplayRun.ExecuteAsync(Console.In, output, errors, options, cancellation);
            }

            try
            {
                using var file = new StreamReader(
                    // A journal may be read while a controller writes it.
                    new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
                );
                return await ReplayRun.ExecuteAsync(file, output, errors, options, cancellation);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                var why = Directory.Exists(name) ? "it is a folder, and a file is expected" : exception.Message;
                await errors.WriteLineAsync($"replay: cannot read {name}: {why}");
                return ReplayRun.BadInput;
            }
        });
        return command;
    }
}

internal enum ReplayFormat
{
    Json,
    Table,
}

internal enum ReplayBounds
{
    Auto,
    Every,
    Never,
}

/// <param name="Settings">As given: <c>field=value</c> or <c>metric.field=value</c>.</param>
internal sealed record ReplayOptions(
    string? Preset = null,
    IReadOnlyList<string>? Settings = null,
    ReplayFormat Format = ReplayFormat.Json,
    ReplayBounds Bounds = ReplayBounds.Auto);

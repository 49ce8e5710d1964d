using System.Text.Json;

using Rollouts.Analysis.Verdict;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>Reads line by line, judges, writes; memory does not grow with the input.</summary>
internal static class ReplayRun
{
    /// <summary>Exit code of input or options that cannot be judged.</summary>
    public const int BadInput = 2;

    /// <summary>Judges everything that <paramref name="input"/> holds.</summary>
    /// <returns>The exit code of the final verdict.</returns>
    public static async Task<int> ExecuteAsync(
        TextReader input, TextWriter output, TextWriter errors, ReplayOptions options, CancellationToken cancellation)
    {
        var session = new ReplaySession(options);
        ReplayOutput writer = options.Format switch
        {
            ReplayFormat.Json => new JsonReplayOutput(output, options.Bounds),
            ReplayFormat.Table => new TableReplayOutput(output),
        };
        var number = 0;
        while (await input.ReadLineAsync(cancellation) is { } line)
        {
            number++;
            if (line.AsSpan().Trim().IsEmpty)
            {
                continue;
            }

            if (Take(session, line, writer) is { } problem)
            {
                await output.FlushAsync(cancellation);
                await errors.WriteLineAsync($"replay: line {number}: {problem}");
                return BadInput;
            }
        }

        if (session.Finish(writer.Write) is { } unfinished)
        {
            await errors.WriteLineAsync($"replay: {unfinished}");
            return BadInput;
        }

        writer.Finish(session.State);
        await output.FlushAsync(cancellation);
        return ExitCodeOf(session.State.Verdict.Decision);
    }

    private static int ExitCodeOf(Decision decision) => decision switch
    {
        Decision.Pass => 0,
        Decision.Abort => 1,
        Decision.Inconclusive => 3,
        Decision.Continue => 4,
    };

    private static string? Take(ReplaySession session, string line, ReplayOutput writer)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException exception)
        {
            return "not JSON: " + exception.Message;
        }

        using (document)
        {
            return session.Take(document.RootElement, writer.Write);
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json;

using Rollouts.Analysis.Verdict;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>Reads line by line, judges, writes; memory does not grow with the input.</summary>
internal static class ReplayRun
{
    /// <summary>Some programs put it before UTF-8 text; it is no part of the first line.</summary>
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>Of two values under one name nobody knows which was meant.</summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

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
            var text = number++ == 0 ? line.TrimStart(ByteOrderMark) : line;
            if (!text.AsSpan().Trim().IsEmpty && Take(session, number, text, writer) is { IsEmpty: false } problems)
            {
                return await RefuseAsync(problems);
            }
        }

        if (session.Finish(writer.Write) is { IsEmpty: false } unfinished)
        {
            return await RefuseAsync(unfinished);
        }

        writer.Finish(session.State);
        await output.FlushAsync(cancellation);
        return ExitCodeOf(session.State.Verdict.Decision);

        async Task<int> RefuseAsync(ImmutableArray<string> problems)
        {
            await output.FlushAsync(cancellation);
            foreach (var problem in problems)
            {
                await errors.WriteLineAsync($"replay: {problem}");
            }

            return BadInput;
        }
    }

    private static int ExitCodeOf(Decision decision) => decision switch
    {
        Decision.Pass => 0,
        Decision.Abort => 1,
        Decision.Inconclusive => 3,
        Decision.Continue => 4,
    };

    private static ImmutableArray<string> Take(ReplaySession session, int number, string line, ReplayOutput writer)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line, Strict);
        }
        catch (JsonException exception)
        {
            return [FormattableString.Invariant($"line {number}: not JSON: {WordsOf(exception)}")];
        }

        using (document)
        {
            return session.Take(number, document.RootElement, writer.Write);
        }
    }

    /// <summary>Our lines are documents of their own: their only line number would confuse.</summary>
    private static string WordsOf(JsonException exception)
    {
        var words = exception.Message.Split(" LineNumber:")[0];
        return exception.BytePositionInLine is { } at
            ? FormattableString.Invariant($"{words} It is at byte {at + 1} of the line.")
            : words;
    }
}

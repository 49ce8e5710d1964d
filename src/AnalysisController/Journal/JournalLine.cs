using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Rollouts.Analysis;
using Rollouts.Analysis.Observation;

namespace Rollouts.AnalysisController.Journal;

/// <summary>Lines of the journal, in the form that <c>replay</c> reads; and their order.</summary>
internal static class JournalLine
{
    public static string Step(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"kind":"step","t":{{seconds:R}}}""");

    /// <summary>What taking in a round added: the interval that it closed, the step that it began.</summary>
    public static ImmutableArray<string> Between(AnalysisState before, AnalysisState after)
    {
        var lines = ImmutableArray.CreateBuilder<string>(2);
        if (after.Intervals > before.Intervals && after.LatestInterval is { } interval)
        {
            lines.Add(IntervalLine.Write(interval, after.Origin));
        }

        if (after.StepStartedAt != before.StepStartedAt)
        {
            lines.Add(Step((after.StepStartedAt - after.Origin).TotalSeconds));
        }

        return lines.ToImmutable();
    }

    /// <summary>
    /// Where the verdict that ends a run stands in time: time alone may bring it, between two intervals. It is an
    /// interval in which nothing was gathered, so that <c>replay</c> lets time pass as far; empty when an interval
    /// ended at that very instant.
    /// </summary>
    public static ImmutableArray<string> End(AnalysisState state) =>
        state.LatestInterval?.At == state.LatestAt
            ? []
            : [IntervalLine.Write(
                new EvidenceInterval { At = state.LatestAt, Canary = [], Stable = [] }, state.Origin)];

    /// <summary>
    /// What a checkpoint still knows of the latest lines: one interval, the step if it began after, and the end.
    /// </summary>
    public static ImmutableArray<string> Latest(AnalysisState state, bool hasEnded)
    {
        var lines = ImmutableArray.CreateBuilder<string>(3);
        if (state.LatestInterval is { } interval)
        {
            lines.Add(IntervalLine.Write(interval, state.Origin));
            if (state.StepStartedAt > state.StartedAt && state.StepStartedAt >= interval.At)
            {
                lines.Add(Step((state.StepStartedAt - state.Origin).TotalSeconds));
            }
        }

        return hasEnded ? [.. lines, .. End(state)] : lines.ToImmutable();
    }

    /// <summary>Where a line stands in time; at the same instant the interval ends before the step begins.</summary>
    /// <returns>The beginning of time for a line that has none, such as the spec.</returns>
    public static (double Seconds, int Rank) OrderOf(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("t", out var t)
                && t.TryGetDouble(out var seconds)
                ? (seconds, KindOf(root) == "step" ? 1 : 0)
                : (double.NegativeInfinity, 0);
        }
        catch (JsonException)
        {
            // Not a line of ours: somebody wrote into the file. What comes after it is not held up by it.
            return (double.NegativeInfinity, 0);
        }
    }

    public static bool IsInterval(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && KindOf(root) == "interval";
        }
        catch (JsonException)
        {
            // Not a line of ours: somebody wrote into the file.
            return false;
        }
    }

    private static string? KindOf(JsonElement line) =>
        line.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null;
}

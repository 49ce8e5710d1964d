using System.Collections.Immutable;
using System.Text.Json;

using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Verdict;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>One pass over recorded evidence: which lines may come, and what each does to the judge.</summary>
internal sealed class ReplaySession(ReplayOptions options)
{
    private AnalysisState? _state;
    private RawScrapes? _scrapes;
    private bool _hasSpec;
    private bool _hasIntervals;
    private double _latestSeconds = double.NegativeInfinity;
    private Decision _shown = Decision.Continue;

    /// <summary>The judge; before the first line, one that has seen nothing.</summary>
    public AnalysisState State => _state ?? CanaryAnalysis.Start(new AnalysisSpec(), DateTimeOffset.UnixEpoch);

    /// <summary>Takes in one line.</summary>
    /// <param name="number">Number of the line, from 1.</param>
    /// <param name="judged">Called with the state after each interval.</param>
    /// <returns>What is wrong with the line or with the options; empty when nothing is.</returns>
    public ImmutableArray<string> Take(int number, JsonElement line, Action<AnalysisState> judged)
    {
        var origin = FormattableString.Invariant($"line {number}");
        if (_state is null)
        {
            _hasSpec = KindOf(line) == "spec";
            if (Begin(_hasSpec ? line : null, origin) is { IsEmpty: false } problems)
            {
                return problems;
            }

            if (_hasSpec)
            {
                return [];
            }
        }

        return TakeEvidence(line, judged) is { } problem ? [$"{origin}: {problem}"] : [];
    }

    /// <summary>The input has ended: judges the round of scrapes that is still open.</summary>
    /// <returns>What is wrong with the input as a whole or with the options; empty when nothing is.</returns>
    public ImmutableArray<string> Finish(Action<AnalysisState> judged)
    {
        if (_state is null && Begin(null, "") is { IsEmpty: false } problems)
        {
            return problems;
        }

        if (!_hasIntervals && _scrapes is null && !_hasSpec)
        {
            return ["the input holds nothing to judge: no line of kind interval or scrape"];
        }

        Judge(_scrapes?.Flush(_state!), judged);
        if (State.Verdict.Decision != _shown)
        {
            // Of scrapes after the last interval; the intervals of a journal end with one for the verdict.
            Show(judged);
        }

        return [];
    }

    private ImmutableArray<string> Begin(JsonElement? spec, string origin)
    {
        switch (ReplaySpec.Read(spec, origin, options))
        {
            case ReplaySpecResult.Valid valid:
                _state = CanaryAnalysis.Start(valid.Spec, DateTimeOffset.UnixEpoch);
                return [];
            case ReplaySpecResult.Wrong wrong:
                return wrong.Problems;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private string? TakeEvidence(JsonElement line, Action<AnalysisState> judged) => KindOf(line) switch
    {
        "spec" => "the spec comes before all evidence, and once",
        "interval" => TakeInterval(line, judged),
        "step" => TakeStep(line, judged),
        "scrape" => TakeScrape(line, judged),
        null => "an object with a field kind is expected",
        var other => $"kind is \"{other}\"; spec, interval, step or scrape is expected",
    };

    private static string? KindOf(JsonElement line) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty("kind", out var kind)
            ? kind.ValueKind == JsonValueKind.String ? kind.GetString() : kind.GetRawText()
            : null;

    private string? TakeInterval(JsonElement line, Action<AnalysisState> judged)
    {
        if (_scrapes is not null)
        {
            return "intervals and scrapes do not mix in one file";
        }

        switch (IntervalReader.Read(line, _state!.Origin))
        {
            case IntervalResult.Wrong wrong:
                return wrong.Message;
            case IntervalResult.Read read:
                var seconds = (read.Interval.At - _state.Origin).TotalSeconds;
                if (seconds < _latestSeconds || (_hasIntervals && read.Interval.At <= _state.LatestAt))
                {
                    return TimeGoesBack(seconds);
                }

                _latestSeconds = seconds;
                _hasIntervals = true;
                _state = CanaryAnalysis.Advance(_state, read.Interval);
                Show(judged);
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>In seconds, or beside scrapes as an instant too.</summary>
    private string? TakeStep(JsonElement line, Action<AnalysisState> judged)
    {
        if (!_hasIntervals && line.TryGetProperty("at", out _))
        {
            return RawScrapes.InstantOf(line, "at", out var at) is { } wrong ? wrong
                : _scrapes is null ? null
                : StartStepOfScrapes(at, judged);
        }

        if (!line.TryGetProperty("t", out var t) || t.ValueKind != JsonValueKind.Number
            || t.GetDouble() is not (>= 0 and <= IntervalReader.LargestSeconds))
        {
            return "t is missing or no number of seconds from 0 to 1e10";
        }

        var seconds = t.GetDouble();
        var instant = _state!.Origin + TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        if (_scrapes is not null)
        {
            return StartStepOfScrapes(instant, judged);
        }

        if (seconds < _latestSeconds)
        {
            return TimeGoesBack(seconds);
        }

        _latestSeconds = seconds;
        return StartStep(instant);
    }

    private string? StartStepOfScrapes(DateTimeOffset at, Action<AnalysisState> judged)
    {
        Judge(_scrapes!.Flush(_state!), judged);
        return at < _state!.LatestAt
            ? FormattableString.Invariant($"time goes back: the step is at {at:O}, a scrape at {_state.LatestAt:O}")
            : StartStep(at);
    }

    /// <summary>Each weight step has the whole deadline, as its own AnalysisRun would.</summary>
    private string? StartStep(DateTimeOffset at)
    {
        _state = CanaryAnalysis.StartStep(_state!, at, _state!.Step + 1) with { DeadlineFrom = at };
        return null;
    }

    private string? TakeScrape(JsonElement line, Action<AnalysisState> judged)
    {
        if (_hasIntervals)
        {
            return "intervals and scrapes do not mix in one file";
        }

        if (RawScrapes.InstantOf(line, "at", out var at) is { } wrong)
        {
            return wrong;
        }

        if (_scrapes is null)
        {
            _scrapes = new RawScrapes();
            _state = CanaryAnalysis.Start(_state!.Spec, at);
        }

        return _scrapes.Add(line, at, _state!, out var advanced) is { } bad ? bad : Judge(advanced, judged);
    }

    private string? Judge(AnalysisState? advanced, Action<AnalysisState> judged)
    {
        if (advanced is null)
        {
            return null;
        }

        var isClosed = advanced.Intervals > _state!.Intervals;
        _state = advanced;
        if (isClosed)
        {
            Show(judged);
        }

        return null;
    }

    private void Show(Action<AnalysisState> judged)
    {
        _shown = _state!.Verdict.Decision;
        judged(_state);
    }

    private string TimeGoesBack(double seconds) =>
        FormattableString.Invariant($"time goes back: t is {seconds} s, the line before was at {_latestSeconds} s");
}

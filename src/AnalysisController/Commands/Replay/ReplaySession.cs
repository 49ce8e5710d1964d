using System.Text.Json;

using Rollouts.Analysis;
using Rollouts.Analysis.Observation;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>One pass over recorded evidence: which lines may come, and what each does to the judge.</summary>
internal sealed class ReplaySession(ReplayOptions options)
{
    private AnalysisState? _state;
    private RawScrapes? _scrapes;
    private bool _hasIntervals;
    private double _latestSeconds = double.NegativeInfinity;

    /// <summary>The judge; before the first line, one that has seen nothing.</summary>
    public AnalysisState State => _state ?? CanaryAnalysis.Start(new AnalysisSpec(), DateTimeOffset.UnixEpoch);

    /// <summary>Takes in one line.</summary>
    /// <param name="judged">Called with the state after each interval.</param>
    /// <returns>What is wrong with the line; null when nothing is.</returns>
    public string? Take(JsonElement line, Action<AnalysisState> judged)
    {
        if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty("kind", out var kind))
        {
            return "an object with a field kind is expected";
        }

        return kind.ValueKind == JsonValueKind.String ? kind.GetString() switch
        {
            "spec" => TakeSpec(line),
            "interval" => TakeInterval(line, judged),
            "step" => TakeStep(line, judged),
            "scrape" => TakeScrape(line, judged),
            var other => $"kind is \"{other}\"; spec, interval, step or scrape is expected",
        }
            : $"kind is {kind.GetRawText()}; spec, interval, step or scrape is expected";
    }

    /// <summary>The input has ended: judges the round of scrapes that is still open.</summary>
    public string? Finish(Action<AnalysisState> judged)
    {
        if (Begin(null) is { } problem)
        {
            return problem;
        }

        if (_scrapes is not null)
        {
            Judge(_scrapes.Flush(_state!), judged);
        }

        return null;
    }

    private string? TakeSpec(JsonElement line) =>
        _state is null ? Begin(line) : "the spec comes before all evidence, and once";

    private string? Begin(JsonElement? spec)
    {
        if (_state is not null)
        {
            return null;
        }

        switch (ReplaySpec.Read(spec, options))
        {
            case AnalysisSpecResult.Valid valid:
                _state = CanaryAnalysis.Start(valid.Spec, DateTimeOffset.UnixEpoch);
                return null;
            case AnalysisSpecResult.Invalid invalid:
                return "the spec is wrong: " + string.Join("; ", invalid.Problems);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private string? TakeInterval(JsonElement line, Action<AnalysisState> judged)
    {
        if (Begin(null) is { } problem)
        {
            return problem;
        }

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
                judged(_state);
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private string? TakeStep(JsonElement line, Action<AnalysisState> judged)
    {
        if (Begin(null) is { } problem)
        {
            return problem;
        }

        if (_scrapes is not null && !line.TryGetProperty("t", out _))
        {
            Judge(_scrapes.Flush(_state!), judged);
            return RawScrapes.InstantOf(line, "at", out var at) is { } wrong ? wrong : StartStep(at);
        }

        if (!line.TryGetProperty("t", out var t) || t.ValueKind != JsonValueKind.Number
            || !double.IsFinite(t.GetDouble()))
        {
            return "t is missing or no number of seconds";
        }

        var seconds = t.GetDouble();
        if (seconds < _latestSeconds)
        {
            return TimeGoesBack(seconds);
        }

        _latestSeconds = seconds;
        return StartStep(_state!.Origin + TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)));
    }

    /// <summary>Each weight step has the whole deadline, as its own AnalysisRun would.</summary>
    private string? StartStep(DateTimeOffset at)
    {
        _state = CanaryAnalysis.StartStep(_state!, at, _state!.Step + 1) with { DeadlineFrom = at };
        return null;
    }

    private string? TakeScrape(JsonElement line, Action<AnalysisState> judged)
    {
        if (Begin(null) is { } problem)
        {
            return problem;
        }

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
        var isNews = advanced.Verdict.Decision != _state.Verdict.Decision;
        _state = advanced;
        if (isClosed || isNews)
        {
            judged(advanced);
        }

        return null;
    }

    private string TimeGoesBack(double seconds) =>
        FormattableString.Invariant($"time goes back: t is {seconds} s, the line before was at {_latestSeconds} s");
}

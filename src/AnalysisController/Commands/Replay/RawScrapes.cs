using System.Globalization;
using System.Text;
using System.Text.Json;

using Rollouts.Analysis;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>Gathers recorded scrapes into rounds, as the controller would have made them.</summary>
/// <remarks>A round ends when a pod comes again, or half a scrape interval after its first scrape.</remarks>
internal sealed class RawScrapes
{
    private static readonly string[] TextFields = ["metrics", "contentType", "error", "message"];

    private readonly Dictionary<(Arm Arm, string Pod), PodScrape> _round = [];
    private DateTimeOffset _from;
    private DateTimeOffset _latest = DateTimeOffset.MinValue;

    /// <summary>Reads an instant with its offset.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? InstantOf(JsonElement line, string field, out DateTimeOffset at)
    {
        at = default;
        return line.TryGetProperty(field, out var json) && json.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(
                json.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at)
                ? null
                : $"{field} is missing or no instant such as 2026-01-01T00:00:05Z";
    }

    /// <summary>Takes in one scrape; gives the state after the round that it closed, if it closed one.</summary>
    public string? Add(JsonElement line, DateTimeOffset at, AnalysisState state, out AnalysisState? advanced)
    {
        advanced = null;
        if (at < _latest)
        {
            return FormattableString.Invariant($"time goes back: at is {at:O}, the line before was at {_latest:O}");
        }

        if (Read(line, out var scrape) is { } problem)
        {
            return problem;
        }

        var key = (scrape!.Arm, scrape.Pod);
        if (_round.Count > 0 && (_round.ContainsKey(key) || at - _from >= state.Spec.ScrapeInterval / 2))
        {
            advanced = Flush(state);
        }

        if (_round.Count == 0)
        {
            _from = at;
        }

        _round[key] = scrape;
        _latest = at;
        return null;
    }

    /// <summary>Judges the round that is open; null when none is.</summary>
    public AnalysisState? Flush(AnalysisState state)
    {
        if (_round.Count == 0)
        {
            return null;
        }

        var round = new ScrapeRound(_latest, state.Step, [.. _round.Values]);
        _round.Clear();
        return CanaryAnalysis.Advance(state, round);
    }

    private static string? Read(JsonElement line, out PodScrape? scrape)
    {
        scrape = null;
        if (TextOf(line, "pod") is not { Length: > 0 } pod)
        {
            return "pod is missing or no text";
        }

        Arm? arm = TextOf(line, "arm") switch
        {
            "canary" => Arm.Canary,
            "stable" => Arm.Stable,
            _ => null,
        };
        if (arm is null)
        {
            return "arm is neither \"canary\" nor \"stable\"";
        }

        if (ReadyAtOf(line, out var readyAt) is { } badReady)
        {
            return badReady;
        }

        if (CountOf(line, "restartCount", out var restarts) is { } badRestarts)
        {
            return badRestarts;
        }

        if (CountOf(line, "outOfMemoryKills", out var kills) is { } badKills)
        {
            return badKills;
        }

        if (HealthOf(line, out var health) is { } badHealth)
        {
            return badHealth;
        }

        if (FlagOf(line, "inCrashLoop", out var inCrashLoop) is { } badFlag)
        {
            return badFlag;
        }

        if (BytesOf(line, "memoryLimitBytes", out var memoryLimit) is { } badLimit)
        {
            return badLimit;
        }

        if (TextFields.FirstOrDefault(field => line.TryGetProperty(field, out var text)
            && text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) is { } noText)
        {
            return $"{noText} is {line.GetProperty(noText).GetRawText()}; text or null is expected";
        }

        scrape = new PodScrape
        {
            Pod = pod,
            Arm = arm.Value,
            ReadyAt = readyAt,
            RestartCount = restarts,
            OutOfMemoryKills = kills,
            InCrashLoop = inCrashLoop,
            MemoryLimitBytes = memoryLimit,
            Metrics = MetricsOf(line, readyAt is not null),
            Health = health,
        };
        return null;
    }

    /// <summary>A recording that says nothing of readiness is one of pods that were ready all along.</summary>
    private static string? ReadyAtOf(JsonElement line, out DateTimeOffset? readyAt)
    {
        readyAt = DateTimeOffset.MinValue;
        if (!line.TryGetProperty("readyAt", out var ready))
        {
            return null;
        }

        if (ready.ValueKind == JsonValueKind.Null)
        {
            readyAt = null;
            return null;
        }

        var wrong = InstantOf(line, "readyAt", out var instant);
        readyAt = instant;
        return wrong;
    }

    private static MetricsScrape MetricsOf(JsonElement line, bool isReady)
    {
        if (TextOf(line, "metrics") is { } text)
        {
            return ExpositionReader.Read(Encoding.UTF8.GetBytes(text), TextOf(line, "contentType")) switch
            {
                ExpositionResult.Read read => new MetricsScrape.Answered(read.Families),
                ExpositionResult.Malformed malformed => new MetricsScrape.Failed(
                    "Malformed", FormattableString.Invariant($"line {malformed.Line}: {malformed.Message}")),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        return !isReady ? new MetricsScrape.NotAsked()
            : new MetricsScrape.Failed(TextOf(line, "error") ?? "NoBody", TextOf(line, "message")
                ?? "the recording holds no metrics");
    }

    private static string? HealthOf(JsonElement line, out HealthProbe health)
    {
        health = HealthProbe.Unknown;
        if (!line.TryGetProperty("health", out var json) || json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        switch (json.ValueKind == JsonValueKind.String ? json.GetString()!.ToUpperInvariant() : "")
        {
            case "PASS" or "WARN":
                health = HealthProbe.Pass;
                return null;
            case "FAIL":
                health = HealthProbe.Fail;
                return null;
            case "UNKNOWN":
                return null;
            default:
                return $"health is {json.GetRawText()}; \"pass\", \"warn\", \"fail\" or null is expected";
        }
    }

    private static string? CountOf(JsonElement line, string field, out int count)
    {
        count = 0;
        return !line.TryGetProperty(field, out var json)
            || (json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out count) && count >= 0)
                ? null
                : $"{field} is {json.GetRawText()}; a whole number from 0 is expected";
    }

    private static string? FlagOf(JsonElement line, string field, out bool flag)
    {
        flag = false;
        if (!line.TryGetProperty(field, out var json) || json.ValueKind is JsonValueKind.False or JsonValueKind.Null)
        {
            return null;
        }

        flag = json.ValueKind == JsonValueKind.True;
        return flag ? null : $"{field} is {json.GetRawText()}; true or false is expected";
    }

    private static string? BytesOf(JsonElement line, string field, out long? bytes)
    {
        bytes = null;
        if (!line.TryGetProperty(field, out var json) || json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (json.ValueKind != JsonValueKind.Number || !json.TryGetInt64(out var whole) || whole <= 0)
        {
            return $"{field} is {json.GetRawText()}; a whole number of bytes is expected";
        }

        bytes = whole;
        return null;
    }

    private static string? TextOf(JsonElement line, string field) =>
        line.TryGetProperty(field, out var json) && json.ValueKind == JsonValueKind.String ? json.GetString() : null;
}

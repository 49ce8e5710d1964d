using System.Collections.Immutable;
using System.Text.Json;

namespace Rollouts.Analysis.Observation;

/// <summary>What reading one interval gave.</summary>
public abstract record IntervalResult
{
    private IntervalResult()
    {
    }

    public sealed record Read(EvidenceInterval Interval) : IntervalResult;

    /// <param name="Message">Which field, which value, what it must be.</param>
    public sealed record Wrong(string Message) : IntervalResult;
}

/// <summary>JSON to <see cref="EvidenceInterval"/>; the only place where an interval's numbers are checked.</summary>
public static class IntervalReader
{
    /// <summary>Latest <c>t</c>, in seconds.</summary>
    public const double LargestSeconds = 1e10;

    private static readonly ImmutableArray<string> PodFields =
    [
        "requests", "errors", "clientErrors", "buckets", "health", "restarts", "classes", "ratios", "histograms",
        "gauges", "memoryLimitBytes",
    ];

    /// <summary>
    /// Reads an object of kind <c>interval</c>. Fields beside those of the interval are passed over, for a journal may
    /// add its own; in a pod's object they are refused, for there a misspelt one would be evidence lost.
    /// </summary>
    public static IntervalResult Read(JsonElement json, DateTimeOffset origin)
    {
        var check = new NumberCheck();
        var t = check.Number(json, "t", "t");
        if (t is not (>= 0 and <= LargestSeconds))
        {
            return new IntervalResult.Wrong(t is null ? "t is missing"
                : FormattableString.Invariant($"t is {t} s; 0 to 1e10 s is expected"));
        }

        var interval = new EvidenceInterval
        {
            At = origin + TimeSpan.FromTicks((long)Math.Round(t.Value * TimeSpan.TicksPerSecond)),
            Canary = ReadPods(json, "canary", check),
            Stable = ReadPods(json, "stable", check),
            BucketBounds = check.Numbers(json, "le", "le", whole: false),
            ClassNames = check.Texts(json, "classNames"),
            OwnBounds =
                ReadMap(json, "histogramBounds", "histogramBounds", check, (own, name, path) =>
                    check.Numbers(own, name, path, whole: false)),
        };
        CheckLengths(interval, check);
        return check.Problem is { } problem ? new IntervalResult.Wrong(problem) : new IntervalResult.Read(interval);
    }

    private static ImmutableArray<PodIncrease> ReadPods(JsonElement json, string arm, NumberCheck check)
    {
        if (!json.TryGetProperty(arm, out var pods) || pods.ValueKind != JsonValueKind.Object)
        {
            check.Fail($"{arm} is missing or no object of pods");
            return [];
        }

        var read = ImmutableArray.CreateBuilder<PodIncrease>();
        foreach (var pod in pods.EnumerateObject().OrderBy(pod => pod.Name, StringComparer.Ordinal))
        {
            if (pod.Value.ValueKind != JsonValueKind.Object)
            {
                check.Fail($"{arm}.{pod.Name} is no object");
            }
            else if (read.Count > 0 && read[^1].Pod == pod.Name)
            {
                check.Fail($"{arm} names pod {pod.Name} twice");
            }
            else
            {
                read.Add(ReadPod(pod.Name, pod.Value, $"{arm}.{pod.Name}", check));
            }
        }

        return read.ToImmutable();
    }

    private static PodIncrease ReadPod(string name, JsonElement json, string path, NumberCheck check)
    {
        foreach (var field in json.EnumerateObject())
        {
            if (!PodFields.Contains(field.Name))
            {
                check.Fail($"{path}.{field.Name} is not known; one of {string.Join(", ", PodFields)} is expected");
            }
        }

        var pod = new PodIncrease
        {
            Pod = name,
            Requests = check.Count(json, "requests", $"{path}.requests"),
            Errors = check.Count(json, "errors", $"{path}.errors"),
            ClientErrors = check.Count(json, "clientErrors", $"{path}.clientErrors"),
            Buckets = check.Cumulative(json, "buckets", $"{path}.buckets"),
            Health = check.Pair(json, "health", $"{path}.health", wholeAll: true),
            Restarts = check.Pair(json, "restarts", $"{path}.restarts", wholeAll: false),
            Classes = check.Numbers(json, "classes", $"{path}.classes", whole: true),
            Ratios = ReadMap(json, "ratios", $"{path}.ratios", check, (own, key, at) =>
                check.Pair(own, key, at, wholeAll: false, wholeBad: false) ?? default),
            Histograms = ReadMap(json, "histograms", $"{path}.histograms", check, check.Cumulative),
            Gauges = ReadMap(
                json, "gauges", $"{path}.gauges", check, (own, key, at) => check.Number(own, key, at) ?? 0),
            MemoryLimitBytes = check.Number(json, "memoryLimitBytes", $"{path}.memoryLimitBytes"),
        };
        if (pod.Requests is { } requests)
        {
            check.AtMost(pod.Errors, requests, $"{path}.errors", "requests");
            check.AtMost(pod.ClientErrors, requests, $"{path}.clientErrors", "requests");
        }

        check.AtMost(pod.Health?.Bad, pod.Health?.All ?? 0, $"{path}.health[0]", "probes");
        return pod;
    }

    private static ImmutableSortedDictionary<string, T> ReadMap<T>(
        JsonElement json, string field, string path, NumberCheck check, Func<JsonElement, string, string, T> read)
    {
        if (!json.TryGetProperty(field, out var map) || map.ValueKind == JsonValueKind.Null)
        {
            return ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
        }

        if (map.ValueKind != JsonValueKind.Object)
        {
            check.Fail($"{path} is no object");
            return ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
        }

        var values = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            values[entry.Name] = read(map, entry.Name, $"{path}.{entry.Name}");
        }

        return values.ToImmutable();
    }

    private static void CheckLengths(EvidenceInterval interval, NumberCheck check)
    {
        int buckets = 0, classes = 0;
        foreach (var pod in interval.Canary.Concat(interval.Stable))
        {
            check.SameLength(ref buckets, pod.Buckets.Length, $"{pod.Pod}.buckets");
            check.SameLength(ref classes, pod.Classes.Length, $"{pod.Pod}.classes");
        }

        if (classes > 0 && !interval.ClassNames.IsEmpty && interval.ClassNames.Length != classes)
        {
            check.Fail(
                FormattableString.Invariant(
                    $"classNames has {interval.ClassNames.Length} names; the pods count {classes} classes"));
        }

        if (buckets > 0 && !interval.BucketBounds.IsEmpty && interval.BucketBounds.Length != buckets - 1)
        {
            check.Fail(
                FormattableString.Invariant(
                    $"le has {interval.BucketBounds.Length} bounds; {buckets - 1} are expected for {buckets} buckets"));
        }
    }
}

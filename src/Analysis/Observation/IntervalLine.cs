using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Rollouts.Analysis.Observation;

/// <summary>An evidence interval as one line of JSON: the <c>interval</c> form of journal and replay.</summary>
public static class IntervalLine
{
    /// <summary>Writes a line without its line break; <c>t</c> counts seconds from <paramref name="origin"/>.</summary>
    public static string Write(EvidenceInterval interval, DateTimeOffset origin)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", "interval");
            json.WriteNumber("t", (interval.At - origin).TotalSeconds);
            WriteNumbers(json, "le", interval.BucketBounds);
            WriteMap(json, "histogramBounds", interval.OwnBounds, (name, bounds) => WriteNumbers(json, name, bounds));
            if (!interval.ClassNames.IsEmpty)
            {
                json.WriteStartArray("classNames");
                foreach (var name in interval.ClassNames)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            WritePods(json, "canary", interval.Canary);
            WritePods(json, "stable", interval.Stable);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>Reads a line that <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The line is no interval; the message says why.</exception>
    public static EvidenceInterval Read(string line, DateTimeOffset origin)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("the interval is no JSON: " + exception.Message, exception);
        }

        using (document)
        {
            return IntervalReader.Read(document.RootElement, origin) switch
            {
                IntervalResult.Read read => read.Interval,
                IntervalResult.Wrong wrong => throw new InvalidDataException(wrong.Message),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
    }

    private static void WritePods(Utf8JsonWriter json, string arm, ImmutableArray<PodIncrease> pods)
    {
        json.WriteStartObject(arm);
        foreach (var pod in pods)
        {
            json.WriteStartObject(pod.Pod);
            WriteNumber(json, "requests", pod.Requests);
            WriteNumber(json, "errors", pod.Errors);
            WriteNumber(json, "clientErrors", pod.ClientErrors);
            WriteNumbers(json, "buckets", pod.Buckets);
            WritePair(json, "health", pod.Health);
            WritePair(json, "restarts", pod.Restarts);
            WriteNumbers(json, "classes", pod.Classes);
            WriteMap(json, "ratios", pod.Ratios, (name, ratio) => WritePair(json, name, ratio));
            WriteMap(json, "histograms", pod.Histograms, (name, buckets) => WriteNumbers(json, name, buckets));
            WriteMap(json, "gauges", pod.Gauges, (name, reading) => json.WriteNumber(name, reading));
            WriteNumber(json, "memoryLimitBytes", pod.MemoryLimitBytes);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteMap<T>(
        Utf8JsonWriter json, string name, ImmutableSortedDictionary<string, T> map, Action<string, T> write)
    {
        if (map.IsEmpty)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            write(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ImmutableArray<double> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static void WritePair(Utf8JsonWriter json, string name, BadOfAll? pair)
    {
        if (pair is { } counts)
        {
            WriteNumbers(json, name, [counts.Bad, counts.All]);
        }
    }
}

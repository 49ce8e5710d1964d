using System.Collections.Immutable;
using System.Text.Json;

namespace Rollouts.Analysis.Observation;

/// <summary>Reads numbers and keeps the first problem: field, value and what it must be.</summary>
internal sealed class NumberCheck
{
    private const double LargestWhole = 9007199254740992;

    public string? Problem { get; private set; }

    public void Fail(string problem) => Problem ??= problem;

    /// <summary>A finite number; null where the field is absent or null.</summary>
    public double? Number(JsonElement json, string field, string path) =>
        json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? Finite(value, path) : null;

    /// <summary>A whole number from 0 to 2^53.</summary>
    public double? Count(JsonElement json, string field, string path) =>
        json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null
            ? NotNegative(value, path, whole: true) : null;

    public ImmutableArray<double> Numbers(JsonElement json, string field, string path, bool whole)
    {
        if (!json.TryGetProperty(field, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            Fail($"{path} is {list.GetRawText()}; a list of numbers is expected");
            return [];
        }

        var values = ImmutableArray.CreateBuilder<double>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            values.Add(NotNegative(item, FormattableString.Invariant($"{path}[{values.Count}]"), whole));
        }

        return values.MoveToImmutable();
    }

    public ImmutableArray<string> Texts(JsonElement json, string field)
    {
        if (!json.TryGetProperty(field, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array
            || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            Fail($"{field} is {list.GetRawText()}; a list of texts is expected");
            return [];
        }

        return [.. list.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>Counts of which none is below the one before it.</summary>
    public ImmutableArray<double> Cumulative(JsonElement json, string field, string path)
    {
        var values = Numbers(json, field, path, whole: true);
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] < values[i - 1])
            {
                Fail(FormattableString.Invariant(
                    $"{path}[{i}] is {values[i]}, below {values[i - 1]} before it; cumulative counts do not fall"));
            }
        }

        return values;
    }

    /// <summary>Two numbers: bad events, and exposure.</summary>
    public BadOfAll? Pair(JsonElement json, string field, string path, bool wholeAll, bool wholeBad = true)
    {
        if (!json.TryGetProperty(field, out var pair) || pair.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
        {
            Fail($"{path} is {pair.GetRawText()}; a list of two numbers is expected");
            return null;
        }

        return new BadOfAll(NotNegative(pair[0], path + "[0]", wholeBad), NotNegative(pair[1], path + "[1]", wholeAll));
    }

    public void AtMost(double? value, double most, string path, string of)
    {
        if (value > most)
        {
            Fail(FormattableString.Invariant($"{path} is {value}, more than {most} {of}"));
        }
    }

    /// <summary>Lists that are there have one length.</summary>
    public void SameLength(ref int length, int now, string path)
    {
        if (now > 0 && length > 0 && now != length)
        {
            Fail(FormattableString.Invariant($"{path} has {now} entries, another pod's has {length}"));
        }

        length = Math.Max(length, now);
    }

    private double NotNegative(JsonElement value, string path, bool whole)
    {
        var number = Finite(value, path);
        if (number < 0)
        {
            Fail(FormattableString.Invariant($"{path} is {number}; a negative count cannot be"));
        }
        else if (whole && (number != Math.Floor(number) || number > LargestWhole))
        {
            Fail(FormattableString.Invariant($"{path} is {number}; a whole number up to 2^53 is expected"));
        }

        return number;
    }

    private double Finite(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Fail($"{path} is {value.GetRawText()}; a finite number is expected");
        return 0;
    }
}

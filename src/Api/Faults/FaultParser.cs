using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Rollouts.Api.Items;

namespace Rollouts.Api.Faults;

/// <summary>What became of the text of a switch.</summary>
internal abstract record FaultParse
{
    private FaultParse()
    {
    }

    internal sealed record Valid(FaultSwitch Switch) : FaultParse;

    internal sealed record Invalid(ImmutableArray<string> Problems) : FaultParse;
}

/// <summary>
/// Reads a switch from a variable, a JSON body or a form: the same keys, the same bounds, all problems at once.
/// </summary>
internal static class FaultParser
{
    private const int LongestName = 253;

    /// <summary>
    /// Reads <c>ratio=0.2,status=500|503</c>. Without <c>durationSeconds</c> the fault lasts until switched off.
    /// </summary>
    public static FaultParse ParseVariable(FaultSchema schema, string text, FaultCaps caps, DateTimeOffset now)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            pairs.Add(new(at < 0 ? part : part[..at].Trim(), at < 0 ? "" : part[(at + 1)..].Trim()));
        }

        return Parse(schema, pairs, caps, now, defaultDuration: null);
    }

    /// <summary>Reads a JSON object.</summary>
    public static FaultParse ParseJson(
        FaultSchema schema, JsonElement body, FaultCaps caps, DateTimeOffset now, TimeSpan? defaultDuration)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return new FaultParse.Invalid(["the body is not a JSON object"]);
        }

        var pairs = body.EnumerateObject()
            .Where(property => property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => KeyValuePair.Create(property.Name, Text(property.Value)));
        return Parse(schema, pairs, caps, now, defaultDuration);
    }

    /// <summary>Reads keys and values. An empty value is as good as none.</summary>
    public static FaultParse Parse(
        FaultSchema schema,
        IEnumerable<KeyValuePair<string, string>> pairs,
        FaultCaps caps,
        DateTimeOffset now,
        TimeSpan? defaultDuration)
    {
        var reading = new Reading(schema, caps);
        foreach (var (key, text) in pairs)
        {
            reading.Take(key, text);
        }

        return reading.Finish(now, defaultDuration);
    }

    /// <summary>True when a switch that came from elsewhere obeys the schema and the caps.</summary>
    public static bool IsWithin(FaultSchema schema, FaultSwitch fault, FaultCaps caps) =>
        fault.Numbers.Count == schema.Keys.Length
        && schema.Keys.All(key =>
            fault.Numbers.TryGetValue(key.Name, out var number) && number >= key.Min && number <= Capped(key, caps))
        && (
            !schema.TakesStatus
            || (!fault.Status.IsDefaultOrEmpty && fault.Status.All(code => code is >= 400 and <= 599)))
        && fault.EndsAt is { } end
        && end - fault.StartedAt <= caps.Duration;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Array => string.Join('|', value.EnumerateArray().Select(Text)),
        JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Number or JsonValueKind.True
            or JsonValueKind.False or JsonValueKind.Null => value.GetRawText(),
    };

    /// <summary>The upper bound of a key: the schema's, or the cap of the configuration where there is one.</summary>
    public static double Capped(FaultKey key, FaultCaps caps) => key.Name switch
    {
        "cores" => Math.Min(key.Max, caps.Cores),
        "capMb" => Math.Min(key.Max, caps.MemoryMb),
        _ => key.Max,
    };

    private sealed class Reading(FaultSchema schema, FaultCaps caps)
    {
        private readonly ImmutableSortedDictionary<string, double>.Builder _numbers =
            schema.Keys.ToImmutableSortedDictionary(
                key => key.Name, key => Math.Min(key.Default, Capped(key, caps)), StringComparer.Ordinal).ToBuilder();

        private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
        private ImmutableArray<int> _status = schema.TakesStatus ? [500] : [];
        private string? _category = schema.TakesCategory ? Catalogue.Categories[^1] : null;
        private string? _onlyVersion;
        private string? _onlyPod;
        private TimeSpan? _duration;

        public void Take(string key, string text)
        {
            if (text.Length == 0 && IsKnown(key))
            {
                return;
            }

            if (schema.Keys.FirstOrDefault(candidate => candidate.Name == key) is { } number)
            {
                _numbers[key] = Number(key, text, number.Min, Capped(number, caps));
            }
            else if (key == "durationSeconds")
            {
                _duration = TimeSpan.FromSeconds(Number(key, text, 1, caps.Duration.TotalSeconds));
            }
            else if (key is "onlyVersion" or "onlyPod")
            {
                TakeScope(key, text);
            }
            else if (key == "status" && schema.TakesStatus)
            {
                _status = [.. text.Split('|').Select(Status)];
            }
            else if (key == "category" && schema.TakesCategory)
            {
                TakeCategory(text);
            }
            else
            {
                _problems.Add($"{schema.Name} takes no '{key}'; it takes {schema.Form}");
            }
        }

        public FaultParse Finish(DateTimeOffset now, TimeSpan? defaultDuration) => _problems.Count > 0
            ? new FaultParse.Invalid(_problems.ToImmutable())
            : new FaultParse.Valid(new FaultSwitch
            {
                Kind = schema.Kind,
                Numbers = _numbers.ToImmutable(),
                Status = _status,
                Category = _category,
                OnlyVersion = _onlyVersion,
                OnlyPod = _onlyPod,
                StartedAt = now,
                EndsAt = now + (_duration ?? defaultDuration),
            });

        private bool IsKnown(string key) =>
            key is "durationSeconds" or "onlyVersion" or "onlyPod"
            || (key == "status" && schema.TakesStatus)
            || (key == "category" && schema.TakesCategory)
            || schema.Keys.Any(candidate => candidate.Name == key);

        private double Number(string key, string text, double min, double max)
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number >= min && number <= max)
            {
                return number;
            }

            _problems.Add(string.Create(
                CultureInfo.InvariantCulture, $"{key} is '{text}': it must be a number from {min} to {max}"));
            return min;
        }

        private int Status(string text)
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
                && status is >= 400 and <= 599)
            {
                return status;
            }

            _problems.Add($"status is '{text}': it must be a code from 400 to 599, or several");
            return 500;
        }

        private void TakeScope(string key, string text)
        {
            if (text.Length > LongestName)
            {
                _problems.Add($"{key} is longer than {LongestName} characters");
            }
            else if (key == "onlyVersion")
            {
                _onlyVersion = text;
            }
            else
            {
                _onlyPod = text;
            }
        }

        private void TakeCategory(string text)
        {
            _category = Catalogue.Categories.FirstOrDefault(
                category => category.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (_category is null)
            {
                _problems.Add($"category is '{text}': it must be one of {string.Join(", ", Catalogue.Categories)}");
            }
        }
    }
}

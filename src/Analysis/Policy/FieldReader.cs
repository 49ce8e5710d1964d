using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Rollouts.Analysis.Policy;

/// <summary>
/// Reads the fields of one JSON object and collects what is wrong, each problem with field, value and range.
/// </summary>
public sealed class FieldReader
{
    private readonly string _path;
    private readonly ICollection<string> _problems;
    private readonly Dictionary<string, JsonElement> _unread = new(StringComparer.Ordinal);

    public FieldReader(JsonElement json, string path, ICollection<string> problems)
    {
        _path = path;
        _problems = problems;
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{(path.Length == 0 ? "the spec" : path)} is {Describe(json)}; an object is expected");
            return;
        }

        foreach (var field in json.EnumerateObject())
        {
            _unread[field.Name] = field.Value;
        }
    }

    /// <summary>Names of the fields that were not read yet, in order.</summary>
    public ImmutableArray<string> Names => [.. _unread.Keys.Order(StringComparer.Ordinal)];

    public bool Has(string name) => _unread.ContainsKey(name);

    /// <summary>Takes a field out for the caller to read.</summary>
    public JsonElement? Take(string name) => _unread.Remove(name, out var value) ? value : null;

    /// <summary>A number, or a string that holds one, within a range.</summary>
    /// <param name="aboveLow">Whether <paramref name="low"/> itself is outside.</param>
    public double Number(string name, double otherwise, double low, double high, bool aboveLow = false)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        if (NumberOf(json) is { } value && value <= high && (aboveLow ? value > low : value >= low))
        {
            return value;
        }

        Problem(name, json,
            string.Create(CultureInfo.InvariantCulture, $"a number in {(aboveLow ? "(" : "[")}{low}, {high}]"));
        return otherwise;
    }

    /// <summary>As <see cref="Number"/>, but JSON null is a value.</summary>
    public double? NumberOrNull(string name, double? otherwise, double low, double high, bool aboveLow = false)
    {
        if (_unread.TryGetValue(name, out var json) && json.ValueKind == JsonValueKind.Null)
        {
            _unread.Remove(name);
            return null;
        }

        return Has(name) ? Number(name, otherwise ?? high, low, high, aboveLow) : otherwise;
    }

    /// <summary>A duration in seconds.</summary>
    public TimeSpan Seconds(string name, TimeSpan otherwise, double low, double high) =>
        TimeSpan.FromSeconds(Number(name, otherwise.TotalSeconds, low, high));

    public string? Text(string name, string? otherwise)
    {
        if (Take(name) is not { } json || json.ValueKind == JsonValueKind.Null)
        {
            return otherwise;
        }

        if (json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        Problem(name, json, "a text that is not empty");
        return otherwise;
    }

    public bool Flag(string name, bool otherwise)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return json.GetBoolean();
        }

        if (json.ValueKind == JsonValueKind.String && bool.TryParse(json.GetString(), out var parsed))
        {
            return parsed;
        }

        Problem(name, json, "true or false");
        return otherwise;
    }

    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        foreach (var choice in Enum.GetValues<T>())
        {
            if (json.ValueKind == JsonValueKind.String
                && string.Equals(json.GetString(), choice.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        Problem(name, json, "one of " + string.Join(", ", Enum.GetNames<T>()));
        return otherwise;
    }

    public ImmutableArray<string> Texts(string name, ImmutableArray<string> otherwise)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        if (json.ValueKind == JsonValueKind.String)
        {
            return [json.GetString()!];
        }

        if (json.ValueKind == JsonValueKind.Array
            && json.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. json.EnumerateArray().Select(item => item.GetString()!)];
        }

        Problem(name, json, "a list of texts");
        return otherwise;
    }

    /// <summary>Reports every field that nobody took.</summary>
    public void ReportUnknown()
    {
        foreach (var name in Names)
        {
            _problems.Add($"{Qualified(name)} is not a field of the spec");
        }
    }

    public void Problem(string name, JsonElement json, string expected) =>
        _problems.Add($"{Qualified(name)} is {Describe(json)}; {expected} is expected");

    public string Qualified(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private static double? NumberOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number when json.TryGetDouble(out var value) && double.IsFinite(value) => value,
        JsonValueKind.String when double.TryParse(
            json.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value) => value,
        _ => null,
    };

    private static string Describe(JsonElement json)
    {
        const int Most = 60;
        var text = json.ValueKind == JsonValueKind.Undefined ? "missing" : json.GetRawText();
        return text.Length <= Most ? text : text[..Most] + "…";
    }
}

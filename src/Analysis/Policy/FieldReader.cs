using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rollouts.Analysis.Policy;

/// <summary>
/// Reads the fields of one JSON object and collects what is wrong, each problem with field, value and range.
/// </summary>
/// <remarks>
/// A null is a field that is not there, except where null is a value: the API server drops it (kubernetes/
/// apiextensions-apiserver pkg/apiserver/schema/defaulting/prune.go). Words have one spelling.
/// </remarks>
public sealed partial class FieldReader
{
    /// <summary>Most characters of a name of anything, as Kubernetes has it for its own.</summary>
    public const int MostLength = 253;

    private const int MostNumberLength = 16;
    private readonly ICollection<string> _problems;
    private readonly Dictionary<string, JsonElement> _unread = new(StringComparer.Ordinal);

    public FieldReader(
        JsonElement json, string path, ICollection<string> problems, FieldNotation notation = FieldNotation.Free)
    {
        Path = path;
        _problems = problems;
        Notation = notation;
        IsObject = json.ValueKind == JsonValueKind.Object;
        if (!IsObject)
        {
            problems.Add($"{(path.Length == 0 ? "the spec" : path)} is {Describe(json)}; an object is expected");
            return;
        }

        foreach (var field in json.EnumerateObject())
        {
            _unread[field.Name] = field.Value;
        }
    }

    public FieldNotation Notation { get; }

    /// <summary>Whether there are fields at all; the problem is told where there are not.</summary>
    public bool IsObject { get; }

    /// <summary>Where the object is, for messages.</summary>
    public string Path { get; }

    /// <summary>Names of the fields that were not read yet, in order.</summary>
    public ImmutableArray<string> Names => [.. _unread.Keys.Order(StringComparer.Ordinal)];

    public bool Has(string name) => _unread.TryGetValue(name, out var json) && json.ValueKind != JsonValueKind.Null;

    /// <summary>A field's value before it is read, for a message; null where it is not there.</summary>
    public string? Shown(string name) => Has(name) ? Describe(_unread[name]) : null;

    /// <summary>Takes a field out for the caller to read.</summary>
    public JsonElement? Take(string name) =>
        _unread.Remove(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Reads an object within this one.</summary>
    public FieldReader Inner(JsonElement json, string name) => new(json, Qualified(name), _problems, Notation);

    /// <summary>A fraction within a range: a text that holds it, or in a free notation a number.</summary>
    /// <param name="aboveLow">Whether <paramref name="low"/> itself is outside.</param>
    public double Number(string name, double otherwise, double low, double high, bool aboveLow = false)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        var isWritten = json.ValueKind == JsonValueKind.String
            ? IsNumberText(json.GetString()!)
            : Notation == FieldNotation.Free;
        return Within(name, json, isWritten, low, high, aboveLow, Notation == FieldNotation.Schema
            ? $"as text of at most {MostNumberLength} characters, such as \"0.05\" or \"5e-2\","
            : $"such as 0.05 or 5e-2, in at most {MostNumberLength} characters,") ?? otherwise;
    }

    /// <summary>As <see cref="Number"/>, but JSON null is a value.</summary>
    public double? NumberOrNull(string name, double? otherwise, double low, double high, bool aboveLow = false) =>
        IsNull(name) ? null : Has(name) ? Number(name, otherwise ?? high, low, high, aboveLow) : otherwise;

    /// <summary>A whole number within a range; in a free notation any number, or a text that holds one.</summary>
    public double Count(string name, double otherwise, double low, double high)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        var isWritten = Notation switch
        {
            FieldNotation.Free => json.ValueKind != JsonValueKind.String || IsNumberText(json.GetString()!),
            FieldNotation.Schema => json.ValueKind == JsonValueKind.Number && double.IsInteger(NumberOf(json) ?? .5),
        };
        return Within(name, json, isWritten, low, high, aboveLow: false, Notation == FieldNotation.Schema
            ? "whole and without quotes,"
            : $"in at most {MostNumberLength} characters,") ?? otherwise;
    }

    /// <summary>A duration in seconds.</summary>
    public TimeSpan Seconds(string name, TimeSpan otherwise, double low, double high) =>
        TimeSpan.FromSeconds(Count(name, otherwise.TotalSeconds, low, high));

    /// <summary>As <see cref="Seconds"/>, but JSON null is a value.</summary>
    public TimeSpan? SecondsOrNull(string name, TimeSpan? otherwise, double low, double high) =>
        IsNull(name) ? null : Has(name) ? Seconds(name, TimeSpan.FromSeconds(high), low, high) : otherwise;

    public string? Text(string name, string? otherwise, int most = MostLength)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        if (json.ValueKind == JsonValueKind.String && LengthOf(json) is var length && length > 0 && length <= most)
        {
            return json.GetString();
        }

        Problem(name, json, string.Create(CultureInfo.InvariantCulture, $"a text of 1 to {most} characters"));
        return otherwise;
    }

    public bool Flag(string name, bool otherwise)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        var text = json.ValueKind == JsonValueKind.String && Notation == FieldNotation.Free ? json.GetString() : null;
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False || text is "true" or "false")
        {
            return json.ValueKind == JsonValueKind.True || text == "true";
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
            if (json.ValueKind == JsonValueKind.String && json.GetString() == choice.ToString())
            {
                return choice;
            }
        }

        Problem(name, json, "one of " + string.Join(", ", Enum.GetNames<T>()));
        return otherwise;
    }

    /// <summary>A list of texts of up to 253 characters; in a free notation a text alone is a list of one.</summary>
    public ImmutableArray<string> Texts(string name, ImmutableArray<string> otherwise, int least, int most)
    {
        if (Take(name) is not { } json)
        {
            return otherwise;
        }

        JsonElement[]? items = json.ValueKind switch
        {
            JsonValueKind.Array => [.. json.EnumerateArray()],
            JsonValueKind.String when Notation == FieldNotation.Free => [json],
            _ => null,
        };
        if (items is not null && items.Length >= least && items.Length <= most
            && items.All(item => item.ValueKind == JsonValueKind.String && LengthOf(item) <= MostLength))
        {
            return [.. items.Select(item => item.GetString()!)];
        }

        Problem(name, json, string.Create(
            CultureInfo.InvariantCulture, $"a list of {least} to {most} texts of at most {MostLength} characters"));
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

    public string Qualified(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private bool IsNull(string name) =>
        _unread.TryGetValue(name, out var json) && json.ValueKind == JsonValueKind.Null && _unread.Remove(name);

    /// <summary>Null, and a problem, where the value is outside or not written as it should be.</summary>
    private double? Within(
        string name, JsonElement json, bool isWritten, double low, double high, bool aboveLow, string notation)
    {
        var isInside = NumberOf(json) is { } value && value <= high && (aboveLow ? value > low : value >= low);
        if (isInside && isWritten)
        {
            return NumberOf(json);
        }

        var range = string.Create(CultureInfo.InvariantCulture, $"a number in {(aboveLow ? "(" : "[")}{low}, {high}]");
        Problem(name, json, isInside ? $"{range}, {notation}" : range);
        return null;
    }

    /// <summary>As the schema's maxLength counts.</summary>
    private static int LengthOf(JsonElement text) => text.GetString()!.EnumerateRunes().Count();

    private static bool IsNumberText(string text) => text.Length <= MostNumberLength && NumberText().IsMatch(text);

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

    /// <summary>The pattern of every fraction in the custom resource's schema.</summary>
    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberText();
}

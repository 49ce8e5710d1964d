using System.Text.Json;

namespace Rollouts.Analysis.Tests.Vectors;

/// <summary>One case of vectors.json: input, expected output, and how closely they must agree.</summary>
internal sealed class VectorCase
{
    private const double RelativeTolerance = 1e-9;
    private readonly JsonElement _case;

    private VectorCase(JsonElement json) => _case = json;

    public string Id => _case.GetProperty("id").GetString()!;

    public string Kind => _case.GetProperty("kind").GetString()!;

    public JsonElement Input => _case.GetProperty("input");

    public JsonElement Expected => _case.GetProperty("expected");

    public static IReadOnlyDictionary<string, VectorCase> ById { get; } = Load();

    public static IEnumerable<TheoryDataRow<string>> OfKind(string kind) =>
        ById.Values.Where(candidate => candidate.Kind == kind)
            .Select(candidate => new TheoryDataRow<string>(candidate.Id));

    /// <summary>Asserts a number, null, or a list of numbers against a field of the expected output.</summary>
    public void Agrees(string field, double? actual) => Agrees(Expected.GetProperty(field), actual, field);

    public void Agrees(string field, IReadOnlyList<double> actual)
    {
        var expected = Expected.GetProperty(field);
        Assert.Equal(expected.GetArrayLength(), actual.Count);
        for (var i = 0; i < actual.Count; i++)
        {
            Agrees(expected[i], actual[i], $"{field}[{i}]");
        }
    }

    public static double[] Numbers(JsonElement json) => [.. json.EnumerateArray().Select(item => item.GetDouble())];

    private void Agrees(JsonElement expected, double? actual, string what)
    {
        if (NumberOf(expected) is not { } wanted)
        {
            Assert.Null(actual);
            return;
        }

        Assert.NotNull(actual);
        var tolerance = Math.Max(RelativeTolerance * Math.Abs(wanted), _case.GetProperty("absTol").GetDouble());
        var agrees = double.IsInfinity(wanted) ? wanted == actual.Value : Math.Abs(actual.Value - wanted) <= tolerance;
        Assert.True(agrees, $"{Id}: {what} is {actual:R}, expected {wanted:R}");
    }

    private static double? NumberOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => json.GetString() == "inf" ? double.PositiveInfinity : double.NegativeInfinity,
        _ => json.GetDouble(),
    };

    private static Dictionary<string, VectorCase> Load()
    {
        using var stream = typeof(VectorCase).Assembly.GetManifestResourceStream("vectors.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone().GetProperty("cases").EnumerateArray()
            .Select(json => new VectorCase(json)).ToDictionary(candidate => candidate.Id);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Policy;

/// <summary>The <c>scrape</c> object of a policy or of a template's plugin body.</summary>
internal static partial class ScrapeReader
{
    public static ScrapeSettings Read(JsonElement json, string path, List<string> problems)
    {
        var scrape = new FieldReader(json, path, problems);
        var settings = new ScrapeSettings(
            ReadScheme(scrape),
            ReadPort(scrape),
            ReadPath(scrape, "path"),
            ReadPath(scrape, "healthPath")
        );
        scrape.ReportUnknown();
        return settings;
    }

    private static string? ReadScheme(FieldReader scrape)
    {
        switch (scrape.Take("scheme"))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.String } text when text.GetString() is ("http" or "https") and var scheme:
                return scheme;
            case { } other:
                scrape.Problem("scheme", other, "http or https");
                return null;
        }
    }

    /// <summary>A number, or a port's name as Kubernetes allows one: letters, digits and hyphens, at most 15.</summary>
    private static string? ReadPort(FieldReader scrape)
    {
        const int MostDigits = 5;
        switch (scrape.Take("port"))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.Number } number
                when number.TryGetDecimal(out var port) && decimal.IsInteger(port)
                    && port is > 0 and <= ushort.MaxValue:
                return port.ToString("0", CultureInfo.InvariantCulture);
            case { ValueKind: JsonValueKind.String } text when IsPort(text.GetString()!):
                return text.GetString();
            case { } other:
                scrape.Problem("port", other, "a number from 1 to 65535, or the name of a container's port,");
                return null;
        }

        static bool IsPort(string text) =>
            text.All(char.IsAsciiDigit)
                ? text.Length <= MostDigits && ushort.TryParse(text, out var port) && port > 0
                : PortName().IsMatch(text);
    }

    private static string? ReadPath(FieldReader scrape, string name)
    {
        switch (scrape.Take(name))
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.String } text
                when text.GetString() is ['/', ..] path && path.EnumerateRunes().Count() <= FieldReader.MostLength:
                return path;
            case { } other:
                scrape.Problem(name, other, "a path that begins with /, of at most 253 characters,");
                return null;
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PortName();
}

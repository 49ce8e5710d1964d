using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>
/// AnalysisRuns as <c>kubectl get analysisruns</c> prints them, from the same Table, for machines without kubectl.
/// </summary>
internal static class RunTable
{
    private const string TableForm = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private const int ColumnGap = 3;

    public static async Task<string> FetchAsync(
        Uri apiServer,
        IReadOnlyCollection<string> names,
        CancellationToken cancellation)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(TableForm));
        var path = $"/apis/argoproj.io/v1alpha1/namespaces/{SampleManifests.Namespace}/analysisruns";
        var body = await http.GetStringAsync(new Uri(apiServer, path), cancellation);
        var table = JsonNode.Parse(body) as JsonObject ?? [];
        return Print(table, names);
    }

    /// <summary>The columns of priority 0 of the rows that are asked for, in kubectl's layout.</summary>
    public static string Print(JsonObject table, IReadOnlyCollection<string> names)
    {
        var columns = (table["columnDefinitions"] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        var shown = Enumerable.Range(0, columns.Count)
            .Where(index => new ObjectView(columns[index]).Number("priority") == 0)
            .ToList();
        var lines = new List<List<string>>
        {
            shown.ConvertAll(index => columns[index]["name"]?.ToString().ToUpperInvariant() ?? ""),
        };
        foreach (var row in (table["rows"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            if (row["cells"] is JsonArray { Count: > 0 } cells && names.Contains(cells[0]?.ToString() ?? ""))
                lines.Add(shown.ConvertAll(index => cells[index]?.ToString() ?? "<none>"));
        }

        var widths = Enumerable.Range(0, shown.Count)
            .Select(column => lines.Max(line => line[column].Length) + ColumnGap)
            .ToList();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            var printed = string.Concat(line.Select((cell, column) => cell.PadRight(widths[column])));
            text.Append(printed.TrimEnd()).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }
}

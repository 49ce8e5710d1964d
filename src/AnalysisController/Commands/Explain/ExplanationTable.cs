using System.Text;
using Rollouts.Analysis.Profiles;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>An explanation as a person reads it: the pods in rows, then what is read of each arm.</summary>
internal static class ExplanationTable
{
    public static string Write(Explanation explanation)
    {
        var text = new StringBuilder();
        text.AppendLine(explanation.Subject);
        text.Append("  judged by  ").AppendLine(explanation.Terms);
        foreach (var note in explanation.Notes)
        {
            text.Append("  note       ").AppendLine(note);
        }

        if (explanation.Sources.Any(source => source.Target.Length > 0 || source.Reading is null))
        {
            WriteSources(text, explanation);
        }

        // Pods of one arm mostly read alike: one is shown in full, and those that differ from it.
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in explanation.Sources)
        {
            if (source.Reading is { } reading && shown.Add(source.Arm + ' ' + (reading.Profile.Picked?.Name ?? "")))
            {
                WriteReading(text, source, reading);
            }
        }

        if (explanation.Comparison is { } comparison)
        {
            text.AppendLine().AppendLine(comparison.IsCompatible ? "The arms can be compared:" : "NOT comparable:");
            foreach (var words in comparison.Words)
            {
                text.Append("  ").AppendLine(words);
            }
        }

        return text.ToString().TrimEnd();
    }

    private static void WriteSources(StringBuilder text, Explanation explanation)
    {
        text.AppendLine();
        WriteRows(
            text,
            "",
            [
                ["ARM", "POD", "RESULT", "TARGET", "PORT NAMED BY"],
                .. explanation.Sources.Select(source => new[]
                {
                    source.Arm, source.Name, source.Result, source.Target, source.TargetFrom,
                }),
            ]
        );
        foreach (var source in explanation.Sources.Where(source => source.Message.Length > 0))
        {
            text.Append("  ").Append(source.Name).Append(": ").AppendLine(source.Message);
        }
    }

    private static void WriteReading(StringBuilder text, SourceExplanation source, ScrapeReading reading)
    {
        text.AppendLine().Append(source.Arm.Length == 0 ? "" : source.Arm + ", ").Append(source.Name).AppendLine(":");
        text.Append("  profile     ").AppendLine(
            reading.Profile.Picked is { } picked
                ? $"{picked.Name}, by {picked.Requests}"
                : $"none: {reading.Profile.Reason}"
        );
        foreach (var rejected in reading.Profile.Rejected)
        {
            text.AppendLine($"  not         {rejected.Name} (saw {rejected.Seen}): {rejected.Why}");
        }

        WriteRoutes(text, reading.Requests);
        WriteRows(
            text,
            "  ",
            [
                ["METRIC", "THERE", "READS"],
                .. reading.Metrics.Select(metric => new[] { metric.Metric, Word(metric.IsFound), metric.Words }),
            ]
        );
    }

    private static void WriteRoutes(StringBuilder text, RequestReading? requests)
    {
        const int Most = 10;
        foreach (var (title, routes) in new[]
        {
            ("routes", requests?.Routes ?? []), ("left out", requests?.ExcludedRoutes ?? []),
        })
        {
            if (!routes.IsEmpty)
            {
                var more = routes.Length > Most ? $" and {routes.Length - Most} more" : "";
                text.AppendLine($"  {title,-10}  {string.Join("  ", routes.Take(Most))}{more}");
            }
        }
    }

    private static string Word(bool? isFound) => isFound switch
    {
        true => "yes",
        false => "NO",
        null => "-",
    };

    private static void WriteRows(StringBuilder text, string indent, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length - 1).Select(at => rows.Max(row => row[at].Length)).ToList();
        foreach (var row in rows)
        {
            text.Append(indent);
            for (var at = 0; at < widths.Count; at++)
            {
                text.Append(row[at].PadRight(widths[at])).Append("  ");
            }

            text.AppendLine(row[^1]);
        }
    }
}

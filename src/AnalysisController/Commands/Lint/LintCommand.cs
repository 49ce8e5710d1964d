using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Commands.Explain;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>The verb <c>lint</c>: what would be refused, before anything is applied.</summary>
internal static class LintCommand
{
    private const int Good = 0;
    private const int Wrong = 1;
    private const int Unreadable = 2;

    private static readonly Argument<string[]> Files = new("file")
    {
        Description =
            "YAML or JSON files, or folders of them; - is standard input. Policies and templates may name each other.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly ChoiceOption<LintOutput> Output = new(
        LintOutput.Table,
        "How findings are printed.",
        "--output",
        "-o"
    );

    public static Command Create()
    {
        var command = new Command(
            "lint",
            "Check CanaryPolicies and AnalysisTemplates without a cluster. "
                + "Exit code: 0 nothing wrong, or warnings only; 1 errors; 2 a file that cannot be read."
        )
        {
            Files,
            Output,
        };
        command.SetAction(arguments => Run(arguments.GetRequiredValue(Files), Output.Read(arguments)));
        return command;
    }

    private static int Run(string[] files, LintOutput output)
    {
        try
        {
            var report = Linter.Lint(LintFiles.Open(files));
            Print(report, output);
            return report.Findings.Any(finding => finding.Severity == LintSeverity.Error) ? Wrong : Good;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"analysis-controller: {e.Message}");
            return Unreadable;
        }
    }

    private static void Print(LintReport report, LintOutput output)
    {
        switch (output)
        {
            case LintOutput.Json:
                Console.Out.WriteLine(Json(report).ToJsonString());
                break;
            case LintOutput.Yaml:
                Console.Out.WriteLine(YamlText.Of(Json(report)));
                break;
            case LintOutput.Table:
                Console.Out.Write(Table(report));
                break;
        }
    }

    private static JsonObject Json(LintReport report)
    {
        var findings = report.Findings.Select(finding => new JsonObject
        {
            ["file"] = finding.File,
            ["line"] = finding.Line,
            ["object"] = finding.Subject,
            ["severity"] = finding.Severity.ToString(),
            ["message"] = finding.Message,
        });
        return new JsonObject
        {
            ["policies"] = report.Policies,
            ["templates"] = report.Templates,
            ["findings"] = new JsonArray([.. findings]),
        };
    }

    private static string Table(LintReport report)
    {
        var table = new StringBuilder();
        foreach (var (file, line, subject, severity, message) in report.Findings)
        {
            var word = severity == LintSeverity.Error ? "error" : "warning";
            table.AppendLine(CultureInfo.InvariantCulture, $"{file}:{line}: {word}: {subject}: {message}");
        }

        table.Append(Count(report.Policies, "policy", "policies")).Append(" and ");
        table.Append(Count(report.Templates, "template", "templates")).Append(" of ours: ");
        table.AppendLine(Count(report.Findings.Count, "finding", "findings"));
        return table.ToString();

        static string Count(int count, string one, string more) =>
            string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : more)}");
    }
}

internal enum LintOutput
{
    Table,
    Json,
    Yaml,
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Commands.Explain;
using YamlDotNet.Core;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>The verb <c>lint</c>: what would be refused, before anything is applied.</summary>
internal static class LintCommand
{
    private const int Good = 0;
    private const int Wrong = 1;
    private const int Unreadable = 2;
    private const string StandardInput = "-";

    private static readonly Argument<string[]> Files = new("file")
    {
        Description = "YAML or JSON files; - reads standard input. Policies and templates may name each other.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly ChoiceOption<LintOutput> Output = new(LintOutput.Table, "--output", "-o")
    {
        Description = "How findings are printed.",
    };

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
        command.SetAction(arguments => Run(arguments.GetRequiredValue(Files), arguments.GetValue(Output)));
        return command;
    }

    private static int Run(string[] files, LintOutput output)
    {
        var open = new List<(string Name, TextReader Text)>();
        try
        {
            foreach (var file in files)
            {
                open.Add(file == StandardInput ? ("standard input", Console.In) : (file, File.OpenText(file)));
            }

            var report = Linter.Lint(open);
            Print(report, output);
            return report.Findings.Any(finding => finding.Severity == LintSeverity.Error) ? Wrong : Good;
        }
        catch (YamlException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {e.Start.Line}, column {e.Start.Column}");
            Console.Error.WriteLine($"analysis-controller: {string.Join(", ", files)}: not YAML: {place}: {e.Message}");
            return Unreadable;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"analysis-controller: {e.Message}");
            return Unreadable;
        }
        finally
        {
            open.ForEach(file => file.Text.Dispose());
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

        table.AppendLine(
            CultureInfo.InvariantCulture,
            $"{report.Policies} policies and {report.Templates} templates of ours: {report.Findings.Count} findings"
        );
        return table.ToString();
    }
}

internal enum LintOutput
{
    Table,
    Json,
    Yaml,
}

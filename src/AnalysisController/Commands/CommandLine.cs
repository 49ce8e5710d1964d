using System.CommandLine;
using System.CommandLine.Parsing;
using Rollouts.AnalysisController.Commands.Explain;
using Rollouts.AnalysisController.Commands.Lint;
using Rollouts.AnalysisController.Commands.Replay;

namespace Rollouts.AnalysisController.Commands;

/// <summary>The program's verbs and their options.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var run = new Command(
            "run",
            "Watch Rollouts, scrape both arms, judge, and write the verdict into the AnalysisRun (the default). "
                + "Exit code: 0 told to end, 1 cluster or machine do not allow it, 2 bad settings."
        );
        RunCommand.AddTo(run);
        var root = new RootCommand("Rollouts Companion: canary analysis for Argo Rollouts without a Prometheus server.")
        {
            run,
            ReplayCommand.Create(),
            ExplainCommand.Create(),
            LintCommand.Create(),
            HealthCheckCommand.Create(),
        };
        RunCommand.AddTo(root);
        VersionAction.AddTo(root, "analysis-controller");
        RefuseEmptyTexts(root);
        return root;
    }

    /// <summary>
    /// A text that nothing else checks may at least not be empty: mostly a shell's variable is not set then.
    /// </summary>
    private static void RefuseEmptyTexts(Command command)
    {
        foreach (var option in command.Options.Where(one => IsText(one.ValueType) && one.Validators.Count == 0))
        {
            option.Validators.Add(given => RefuseEmpty(given, option.Name));
        }

        foreach (var argument in command.Arguments.Where(one => IsText(one.ValueType) && one.Validators.Count == 0))
        {
            argument.Validators.Add(given => RefuseEmpty(given, argument.Name));
            argument.Validators.Add(given => RefuseOptions(given, argument.Name));
        }

        foreach (var verb in command.Subcommands)
        {
            RefuseEmptyTexts(verb);
        }
    }

    /// <summary>An option that is none would be taken for a name, and looked for in vain.</summary>
    private static void RefuseOptions(ArgumentResult given, string name)
    {
        foreach (var token in given.Tokens.Where(token => token.Value is ['-', _, ..]))
        {
            given.AddError($"there is no option {token.Value}; a {name} of that name is ./{token.Value}");
        }
    }

    private static bool IsText(Type type) => type == typeof(string) || type == typeof(string[]);

    private static void RefuseEmpty(SymbolResult given, string name)
    {
        if (given.Tokens.Any(token => token.Value.Length == 0))
        {
            given.AddError($"{name} '': want a text that is not empty");
        }
    }
}

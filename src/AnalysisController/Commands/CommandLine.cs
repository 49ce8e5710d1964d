using System.CommandLine;
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
        return root;
    }
}

using System.CommandLine;
using Rollouts.AnalysisController;
using Rollouts.AnalysisController.Commands;
using Rollouts.AnalysisController.Commands.Explain;
using Rollouts.AnalysisController.Commands.Lint;
using Rollouts.AnalysisController.Commands.Replay;

var run = new Command(
    "run",
    "Watch Rollouts, scrape both arms, judge, and write the verdict into the AnalysisRun (the default)."
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

var arguments = root.Parse(args);
if (arguments.Errors.Count > 0)
{
    foreach (var error in arguments.Errors)
    {
        await Console.Error.WriteLineAsync($"analysis-controller: {error.Message}");
    }

    await Console.Error.WriteLineAsync("Try 'analysis-controller --help'.");
    return ControllerHost.BadSettings;
}

return await arguments.InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) }
);

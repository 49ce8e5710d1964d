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

ParseResult arguments;
string[] problems;
try
{
    arguments = root.Parse(args);
    problems = [.. arguments.Errors.Select(error => error.Message).Distinct()];
}
catch (InvalidOperationException e)
{
    // What a check of several options throws when it asks for one that was given without its value.
    return await RefuseAsync([e.Message]);
}

return problems.Length > 0
    ? await RefuseAsync(problems)
    : await arguments.InvokeAsync(
        new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) }
    );

static async Task<int> RefuseAsync(IEnumerable<string> problems)
{
    foreach (var problem in problems)
    {
        await Console.Error.WriteLineAsync($"analysis-controller: {problem}");
    }

    await Console.Error.WriteLineAsync("Try 'analysis-controller --help'.");
    return ControllerHost.BadSettings;
}

using System.CommandLine;
using Rollouts.AnalysisController;
using Rollouts.AnalysisController.Commands;

ParseResult arguments;
string[] problems;
try
{
    arguments = CommandLine.Create().Parse(args);
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

using System.CommandLine;
using Rollouts.AnalysisController;
using Rollouts.AnalysisController.Commands;

var root = CommandLine.Create();
ParseResult arguments;
string[] problems;
try
{
    arguments = root.Parse(args);
    problems = Refusal.Of(arguments);
}
catch (InvalidOperationException e)
{
    // What a check of several options throws when it asks for one that was given without its value.
    return await RefuseAsync([e.Message], root);
}

return problems.Length > 0
    ? await RefuseAsync(problems, arguments.CommandResult.Command)
    : await arguments.InvokeAsync(
        new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) }
    );

static async Task<int> RefuseAsync(IEnumerable<string> problems, Command command)
{
    foreach (var problem in problems)
    {
        await Console.Error.WriteLineAsync($"analysis-controller: {problem}");
    }

    await Console.Error.WriteLineAsync(Refusal.Hint(command));
    return ControllerHost.BadSettings;
}

using System.CommandLine;
using Rollouts.LocalCluster.Scenarios;

if (!OperatingSystem.IsLinux())
{
    await Console.Error.WriteLineAsync(
        "local-cluster: needs Linux (or WSL): every pod listens on an address of its own in 127.0.0.0/8");
    return ExitCodes.Failed;
}

var root = new RootCommand(
    "Enough Kubernetes for one machine: API server, pods as processes, Argo Rollouts' rules, traffic.")
{
    UpCommand.Create(),
    DemoCommand.Create(),
};
VersionAction.AddTo(root, "local-cluster");
var arguments = root.Parse(args);
if (arguments.Errors.Count > 0)
{
    foreach (var error in arguments.Errors)
        await Console.Error.WriteLineAsync($"local-cluster: {error.Message}");
    await Console.Error.WriteLineAsync("Try 'local-cluster --help'.");
    return ExitCodes.WrongUsage;
}

return await arguments.InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

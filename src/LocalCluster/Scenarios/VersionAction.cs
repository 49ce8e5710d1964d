using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>What <c>--version</c> prints: the program's name and its version.</summary>
internal sealed class VersionAction(string program) : SynchronousCommandLineAction
{
    private static string Version =>
        typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    public static void AddTo(RootCommand root, string program)
    {
        foreach (var option in root.Options.OfType<VersionOption>())
        {
            option.Action = new VersionAction(program);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"{program} {Version}");
        return 0;
    }
}

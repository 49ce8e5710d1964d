using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>What <c>--version</c> prints: the program's name and its version.</summary>
internal sealed class VersionAction(string program) : SynchronousCommandLineAction
{
    /// <summary>A verb that lacks its arguments is no mistake then.</summary>
    public override bool ClearsParseErrors => true;

    private static string Version =>
        typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;

    public static void AddTo(RootCommand root, string program)
    {
        foreach (var option in root.Options.OfType<VersionOption>())
        {
            option.Action = new VersionAction(program);
            option.Recursive = true;
            // It would refuse to stand after a verb.
            option.Validators.Clear();
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"{program} {Version}");
        return 0;
    }
}

using System.CommandLine;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>
/// What every verb does around its own work: start the cluster, say a failure in one line, leave nothing behind.
/// </summary>
internal static class ClusterRun
{
    public static async Task<int> RunAsync(
        ParseResult arguments,
        ClusterCommandOptions options,
        Func<LocalClusterHost, Task<int>> act,
        CancellationToken cancellation)
    {
        using var logging = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(LogLevel.Warning)
            .AddSimpleConsole(format => format.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        try
        {
            await using var host = await LocalClusterHost.StartAsync(
                options.Read(arguments),
                logging,
                cancellation);
            return await act(host);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception failure) when (failure
            is LocalClusterException or ClusterStartException or ApiException or IOException)
        {
            await Console.Error.WriteLineAsync($"local-cluster: {failure.Message}");
            return ExitCodes.Failed;
        }
    }
}

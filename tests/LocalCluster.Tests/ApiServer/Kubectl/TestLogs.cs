using System.Runtime.CompilerServices;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>Three lines for every container, one more for who follows; nothing of a previous one.</summary>
internal static class TestLogs
{
    public static IAsyncEnumerable<string>? Open(PodLogQuery query, CancellationToken cancellation) =>
        query.Previous ? null : Lines(query, cancellation);

    private static async IAsyncEnumerable<string> Lines(
        PodLogQuery query,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        string[] lines = [$"{query.Namespace}/{query.Pod}/{query.Container}", "second", "third"];
        foreach (var line in lines.TakeLast(query.TailLines ?? lines.Length))
            yield return line;
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        if (query.Follow)
            yield return "followed";
    }
}

using System.ComponentModel;
using System.Diagnostics;
using Rollouts.LocalCluster.ApiServer;

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>An API server on a free port, and the real kubectl with a home of its own that talks to it.</summary>
public sealed class KubectlCluster : IAsyncLifetime
{
    /// <summary>A kubectl that has not ended by then is killed, and its test fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("kubectl-");
    private ApiServerHost? _host;

    internal ClusterObjects Objects => _host!.Objects;

    internal Uri Address => _host!.Address;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                CrdFolder = Cluster.CrdFolder,
                TimeProvider = new FrozenClock(),
                PodLogReader = TestLogs.Open,
            },
            CancellationToken.None);
        _host.WriteKubeconfig(Path.Combine(_home.FullName, "kubeconfig"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        _home.Delete(recursive: true);
    }

    /// <summary>Runs kubectl to its end; its output has no trailing line end.</summary>
    internal Task<KubectlResult> RunAsync(params string[] arguments) => RunWithInputAsync(null, arguments);

    /// <param name="input">What <c>-f -</c> reads.</param>
    internal async Task<KubectlResult> RunWithInputAsync(string? input, params string[] arguments)
    {
        using var kubectl = Start(arguments);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        using var killing = deadline.Token.Register(kubectl.Kill);
        await kubectl.StandardInput.WriteAsync(input);
        kubectl.StandardInput.Close();
        var output = kubectl.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = kubectl.StandardError.ReadToEndAsync(CancellationToken.None);
        await kubectl.WaitForExitAsync(CancellationToken.None);
        return new KubectlResult(kubectl.ExitCode, (await output).TrimEnd('\n'), (await error).TrimEnd('\n'));
    }

    /// <summary>Starts kubectl and leaves it running.</summary>
    internal Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = _home.FullName;
        start.Environment["KUBECONFIG"] = Path.Combine(_home.FullName, "kubeconfig");
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            throw new InvalidOperationException(
                "These tests drive the real kubectl, 1.30 or newer: install it on the PATH.",
                problem);
        }
    }
}

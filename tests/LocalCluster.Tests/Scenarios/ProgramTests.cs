using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Tests.Scenarios;

/// <summary>The program <c>local-cluster</c> as a person starts it.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly ProcessNursery _nursery = new();
    private readonly List<string> _output = [];
    private readonly string _program = RepositoryFiles.Program("LocalCluster", "local-cluster");

    public void Dispose() => _nursery.Dispose();

    [Fact]
    public async Task An_unknown_scenario_is_refused_with_the_names_of_those_there_are()
    {
        Assert.Equal(2, await EndOfAsync("demo", "--scenario", "worse"));
        Assert.Equal(
            "local-cluster: unknown scenario worse; there are "
            + "good, bad-errors, slow, no-traffic, crashloop, blue-green-bad, blue-green-good, blue-green-no-limits, "
            + "all-default",
            _output[0]);
    }

    [Fact]
    public async Task A_port_in_use_ends_the_program_with_one_line()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        Assert.Equal(1, await EndOfAsync("up", "--port", $"{port}"));
        var line = Assert.Single(_output);
        Assert.StartsWith($"local-cluster: cannot listen on 127.0.0.1:{port}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crd_file_that_is_none_ends_the_program_with_one_line_that_names_it()
    {
        var folder = Directory.CreateTempSubdirectory("crds-");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "bad.yaml"),
            "kind: CustomResourceDefinition\nspec: 5\n",
            TestContext.Current.CancellationToken);

        Assert.Equal(1, await EndOfAsync("up", "--crds", folder.FullName));
        Assert.Contains("bad.yaml", Assert.Single(_output), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Neither_an_interrupt_nor_a_kill_leaves_a_process_behind(bool isKill)
    {
        var folder = Directory.CreateTempSubdirectory("cluster-").FullName;
        await using var cluster = await StartAsync("up", "--rate", "0", "--folder", folder);
        var children = await ChildrenAsync(cluster);
        Assert.Equal(6, children.Count);

        if (isKill)
            cluster.Kill();
        else
            await cluster.StopAsync(StartTimeout, TimeProvider.System);
        await cluster.Ended;

        await UntilAsync(() => children.TrueForAll(id => !Directory.Exists($"/proc/{id}")), "the children are gone");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Five pods and the controller.</summary>
    private async Task<List<int>> ChildrenAsync(ChildProcess cluster)
    {
        await UntilAsync(
            () =>
            {
                lock (_output)
                {
                    return cluster.Ended.IsCompleted
                        || _output.Exists(line => line.StartsWith("export KUBECONFIG=", StringComparison.Ordinal));
                }
            },
            "the cluster is up");
        return
        [
            .. Directory.GetDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id => id > 0 && ParentOf(id) == cluster.Id),
        ];
    }

    private static int ParentOf(int id)
    {
        try
        {
            // Fields after the name in parentheses: state, then the parent.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(startedAt) > StartTimeout)
                Assert.Fail($"not in {StartTimeout.TotalSeconds} s: {what}; output: {string.Join('\n', _output)}");
            await Task.Delay(LookInterval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task<int> EndOfAsync(params string[] arguments)
    {
        await using var process = await StartAsync(arguments);
        return await process.Ended;
    }

    private Task<ChildProcess> StartAsync(params string[] arguments) => ChildProcess.StartAsync(
        _nursery,
        _program,
        arguments,
        new Dictionary<string, string>(StringComparer.Ordinal),
        line =>
        {
            lock (_output)
                _output.Add(line);
        });
}

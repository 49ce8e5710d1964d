using System.Net;
using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster;

/// <summary>The analysis controller as a process of its own, to be stopped, killed and started again.</summary>
internal sealed class ControllerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopGracePeriod = TimeSpan.FromSeconds(10);

    private readonly ChildProcess _process;
    private readonly TimeProvider _clock;

    private ControllerProcess(ChildProcess process, IPEndPoint listen, ContainerLog log, TimeProvider clock)
    {
        _process = process;
        _clock = clock;
        Log = log;
        Address = new Uri($"http://{listen}");
    }

    /// <summary>Where it serves /livez, /readyz, /health and /metrics.</summary>
    public Uri Address { get; }

    public int ProcessId => _process.Id;

    public ContainerLog Log { get; }

    /// <summary>Completes with its exit code.</summary>
    public Task<int> Ended => _process.Ended;

    public static async Task<ControllerProcess> StartAsync(
        ProcessNursery nursery,
        string program,
        ControllerArguments arguments,
        TimeProvider clock)
    {
        var log = new ContainerLog();
        var file = new LogFile(arguments.LogFile);
        var process = await ChildProcess.StartAsync(
            nursery,
            program,
            arguments.ToList(),
            new Dictionary<string, string>(StringComparer.Ordinal),
            line =>
            {
                log.Append(line);
                file.Append(line);
            });
        return new ControllerProcess(process, arguments.Listen, log, clock);
    }

    /// <summary>Returns when /readyz says 200.</summary>
    public async Task UntilReadyAsync(CancellationToken cancellation)
    {
        using var http = new HttpProbe(_clock);
        var probe = new ProbeSpec { Path = "/readyz", Port = Address.Port };
        var startedAt = _clock.GetTimestamp();
        while (await http.AskAsync(probe, IPAddress.Parse(Address.Host), cancellation) is { } notYet)
        {
            if (Ended.IsCompleted)
                throw HasEnded();
            if (_clock.GetElapsedTime(startedAt) > ReadyTimeout)
                throw new LocalClusterException($"controller not ready in {ReadyTimeout.TotalSeconds} s: {notYet}");
            await Task.Delay(ReadyInterval, _clock, cancellation);
        }
    }

    /// <summary>How it ended, to be thrown where it must still run.</summary>
    public LocalClusterException HasEnded()
    {
        var last = string.Join(" | ", Log.Last(3));
        return new LocalClusterException($"the controller ended with {Ended.Result}: {last}");
    }

    public Task StopAsync() => _process.StopAsync(StopGracePeriod, _clock);

    /// <summary>SIGKILL, at any moment.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _process.DisposeAsync();
    }
}

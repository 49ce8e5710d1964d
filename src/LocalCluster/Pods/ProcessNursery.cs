using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// The one thread that starts processes. A child asks the kernel (prctl PR_SET_PDEATHSIG, through setpriv of
/// util-linux) to be killed when the thread that started it ends, so none outlives the cluster, not even its kill -9;
/// and that thread must not be one of the thread pool's, which come and go. Without setpriv the children still end with
/// the cluster whenever it ends by itself.
/// </summary>
internal sealed class ProcessNursery : IDisposable
{
    private const int WaitingStarts = 256;

    private readonly BlockingCollection<Action> _starts = new(WaitingStarts);
    private readonly string? _setpriv = FindOnPath("setpriv");
    private readonly Thread _thread;

    public ProcessNursery()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = nameof(ProcessNursery) };
        _thread.Start();
    }

    /// <summary>Starts the process described; file name and arguments are wrapped on the way.</summary>
    public async Task<Process> StartAsync(ProcessStartInfo start)
    {
        if (!File.Exists(start.FileName))
            throw new LocalClusterException($"program not found: {start.FileName}");
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_setpriv is not null)
        {
            start.ArgumentList.Insert(0, start.FileName);
            start.ArgumentList.Insert(0, "--");
            start.ArgumentList.Insert(0, "--pdeathsig=KILL");
            start.FileName = _setpriv;
        }

        _starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (System.ComponentModel.Win32Exception failure)
            {
                var message = $"cannot start {start.FileName}: {failure.Message}";
                started.SetException(new LocalClusterException(message, failure));
            }
        });
        return await started.Task;
    }

    public static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Ends the thread; whatever it started and still runs is killed by the kernel.</summary>
    public void Dispose()
    {
        _starts.CompleteAdding();
        _thread.Join();
        _starts.Dispose();
    }

    private void Work()
    {
        foreach (var start in _starts.GetConsumingEnumerable())
            start();
    }
}

namespace Rollouts.Api.Faults;

/// <summary>Threads that burn for a share of every tenth of a second until disposed.</summary>
internal sealed class CpuBurn : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _threads;
    private readonly TimeProvider _clock;

    /// <param name="cores">Cores to burn; a part of a core is one more thread with that share.</param>
    /// <param name="duty">Share of the time, 0 to 1.</param>
    public CpuBurn(double cores, double duty, TimeProvider clock)
    {
        _clock = clock;
        _threads = new Thread[(int)Math.Ceiling(cores)];
        for (var i = 0; i < _threads.Length; i++)
        {
            var share = duty * Math.Min(1, cores - i);
            _threads[i] = new Thread(() => Burn(Period * share)) { IsBackground = true, Name = "demo cpu fault" };
            _threads[i].Start();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _stop.Dispose();
    }

    private void Burn(TimeSpan busy)
    {
        while (!_stop.IsCancellationRequested)
        {
            var start = _clock.GetTimestamp();
            while (_clock.GetElapsedTime(start) < busy && !_stop.IsCancellationRequested)
            {
                Thread.SpinWait(500);
            }

            var rest = Period - _clock.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
            {
                _stop.Token.WaitHandle.WaitOne(rest);
            }
        }
    }
}

namespace Rollouts.Api.Faults;

/// <summary>Holds more and more memory until a cap, and gives it back when disposed.</summary>
internal sealed class MemoryLeak : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly List<byte[]> _held = [];
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly double _mbPerSecond;
    private readonly double _capMb;
    private readonly ITimer _timer;
    private bool _isDisposed;

    public MemoryLeak(double mbPerSecond, double capMb, TimeProvider clock)
    {
        (_mbPerSecond, _capMb, _clock, _start) = (mbPerSecond, capMb, clock, clock.GetTimestamp());
        _timer = clock.CreateTimer(_ => Grow(), null, Tick, Tick);
    }

    public int HeldMb
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _isDisposed = true;
            _held.Clear();
        }

        // Pages go back to the system now, not at some later collection: the drill shows the end too.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private void Grow()
    {
        lock (_lock)
        {
            var wanted = Math.Min(_capMb, _mbPerSecond * _clock.GetElapsedTime(_start).TotalSeconds);
            while (!_isDisposed && _held.Count + 1 <= wanted)
            {
                var block = GC.AllocateUninitializedArray<byte>(Megabyte);

                // Touched, so that it counts as resident.
                block.AsSpan().Fill(1);
                _held.Add(block);
            }
        }
    }
}

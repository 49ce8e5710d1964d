using System.Runtime.CompilerServices;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// The output of one run of a container: the last lines, at most <see cref="CapacityChars"/> characters of them.
/// Safe for one writer and many readers.
/// </summary>
internal sealed class ContainerLog
{
    public const int CapacityChars = 512 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _firstLine;
    private int _chars;
    private bool _isComplete;

    public void Append(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            _chars += line.Length + 1;
            while (_chars > CapacityChars)
            {
                _chars -= _lines.Dequeue().Length + 1;
                _firstLine++;
            }

            Signal();
        }
    }

    /// <summary>The container ended: who follows the log reaches its end.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Signal();
        }
    }

    public IReadOnlyList<string> Last(int count)
    {
        lock (_gate)
            return [.. _lines.TakeLast(count)];
    }

    /// <param name="tailLines">Null reads all lines that are kept.</param>
    public async IAsyncEnumerable<string> ReadAsync(
        bool follow,
        int? tailLines,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        long next;
        lock (_gate)
            next = _firstLine + Math.Max(0, _lines.Count - (tailLines ?? int.MaxValue));
        while (true)
        {
            var (lines, end, changed, complete) = ReadFrom(next);
            foreach (var line in lines)
                yield return line;
            next = end;
            if (!follow || complete)
                yield break;
            await changed.WaitAsync(cancellation);
        }
    }

    private (string[] Lines, long End, Task Changed, bool Complete) ReadFrom(long next)
    {
        lock (_gate)
        {
            var skipped = (int)Math.Max(0, next - _firstLine);
            return (_lines.Skip(skipped).ToArray(), _firstLine + _lines.Count, _changed.Task, _isComplete);
        }
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

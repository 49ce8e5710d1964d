using System.Text;

namespace Rollouts.LocalCluster;

/// <summary>
/// Appends lines to a file until it is <see cref="CapacityBytes"/> long; what comes later is not kept.
/// </summary>
internal sealed class LogFile(string path)
{
    private const long CapacityBytes = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private long _bytes;

    public void Append(string line)
    {
        lock (_gate)
        {
            if (_bytes > CapacityBytes)
                return;
            _bytes += Encoding.UTF8.GetByteCount(line) + 1;
            File.AppendAllText(path, line + '\n');
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>Lines of a stream that never ends, each within a bound.</summary>
internal sealed class LineReader(Stream stream, int mostBytes)
{
    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>The next line without its end; null when the stream has ended. A last line without end is cut off
    /// and counts as none.</summary>
    /// <exception cref="IOException">The line is longer than the bound.</exception>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await _pipe.ReadAsync(cancellation);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end).ToArray();
                _pipe.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            if (buffer.Length > mostBytes)
            {
                throw new IOException($"a line is longer than {mostBytes} bytes");
            }

            if (read.IsCompleted)
            {
                _pipe.AdvanceTo(buffer.End);
                return null;
            }

            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}

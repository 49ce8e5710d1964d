using System.Buffers;
using Microsoft.Extensions.Primitives;
using Rollouts.Api.Faults;
using Rollouts.Api.Requests;
using Rollouts.Exposition;
using Rollouts.Exposition.Metrics;

namespace Rollouts.Api.Metrics;

/// <summary><c>GET /metrics</c>: the text format, or OpenMetrics for whoever accepts it.</summary>
internal sealed class MetricsEndpoint(MetricRegistry metrics, FaultBoard board)
{
    private static readonly StringValues Text = ExpositionWriter.TextContentType;
    private static readonly StringValues OpenMetrics = ExpositionWriter.OpenMetricsContentType;

    private ArrayBufferWriter<byte>? _spare;

    public async Task GetAsync(HttpContext http)
    {
        if (board.Active(FaultKind.MetricsMissing) is not null)
        {
            await Problem.WriteAsync(http, 404, "Demo fault 'metrics-missing' is switched on.");
            return;
        }

        var isOpenMetrics = ExpositionWriter.Accepts(http.Request.Headers.Accept);
        var body = Interlocked.Exchange(ref _spare, null) ?? new ArrayBufferWriter<byte>(16 * 1024);
        body.ResetWrittenCount();
        metrics.Write(body, isOpenMetrics);
        var sent = board.Active(FaultKind.MetricsGarbage) is null ? body.WrittenMemory : Garbage(body.WrittenMemory);
        http.Response.Headers.ContentType = isOpenMetrics ? OpenMetrics : Text;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = sent.Length;
        await http.Response.Body.WriteAsync(sent, http.RequestAborted);
        _spare = body;
    }

    // Cut within a label, as a broken proxy would leave it.
    private static ReadOnlyMemory<byte> Garbage(ReadOnlyMemory<byte> body)
    {
        var brace = body.Span[(body.Length / 2)..].IndexOf((byte)'"');
        return body[..((body.Length / 2) + brace + 1)];
    }
}

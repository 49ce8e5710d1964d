using System.Collections;

namespace Rollouts.Api.Requests;

/// <summary>What every log line of a request carries.</summary>
internal sealed class RequestScope(string requestId, string? traceId) : IEnumerable<KeyValuePair<string, object>>
{
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
    {
        yield return new("RequestId", requestId);
        if (traceId is not null)
        {
            yield return new("TraceId", traceId);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => requestId;
}

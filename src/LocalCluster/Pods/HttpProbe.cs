using System.Net;
using System.Net.Sockets;

namespace Rollouts.LocalCluster.Pods;

/// <summary>
/// Asks a container how it is, as the kubelet does: a new connection each time, any status of 200 to 399 is a yes.
/// </summary>
internal sealed class HttpProbe(TimeProvider clock) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    /// <returns>Null for a yes, else why not, in the kubelet's words.</returns>
    public async Task<string?> AskAsync(ProbeSpec probe, IPAddress address, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(probe.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var uri = new UriBuilder(Uri.UriSchemeHttp, address.ToString(), probe.Port, probe.Path).Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.UserAgent.ParseAdd("kube-probe/1.32");
        request.Headers.ConnectionClose = true;
        try
        {
            using var answer = await _http.SendAsync(request, either.Token);
            var status = (int)answer.StatusCode;
            return status is >= 200 and < 400 ? null : $"HTTP probe failed with statuscode: {status}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"Get \"{uri}\": context deadline exceeded";
        }
        catch (HttpRequestException failure)
        {
            var why = failure.InnerException is SocketException socket ? socket.Message : failure.Message;
            return $"Get \"{uri}\": {why}";
        }
    }

    public void Dispose() => _http.Dispose();
}

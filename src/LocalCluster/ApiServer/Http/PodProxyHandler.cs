using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// GET <c>pods/[https:]NAME[:PORT]/proxy/PATH</c>: a pod's own HTTP, through the API server
/// (kubernetes/kubernetes pkg/registry/core/pod/strategy.go, ResourceLocation). Redirects and encodings pass unchanged;
/// a certificate has to be there and is not looked at, as there.
/// </summary>
internal sealed class PodProxyHandler(ClusterState state) : IDisposable
{
    private static readonly string[] PassedOn = ["Accept", "Accept-Encoding", "User-Agent"];

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
    });

    public async Task HandleAsync(HttpContext context, string @namespace, string target, string path)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
            throw ApiException.MethodNotAllowed("the local cluster proxies GET only");
        var address = new UriBuilder(Address(@namespace, target))
        {
            Path = path,
            Query = context.Request.QueryString.Value ?? "",
        }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var name in PassedOn)
        {
            if (context.Request.Headers.TryGetValue(name, out var value))
                request.Headers.TryAddWithoutValidation(name, value.ToString());
        }
        try
        {
            using var answer = await _http.SendAsync(request, context.RequestAborted);
            await CopyAsync(answer, context);
        }
        catch (HttpRequestException problem) when (!context.Response.HasStarted)
        {
            throw ApiException.Unavailable($"error trying to reach service: {Why(problem, address.Authority)}");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>In the words of Go's net package, which clients match on.</summary>
    private static string Why(HttpRequestException problem, string address) =>
        (problem.InnerException as SocketException)?.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => $"dial tcp {address}: connect: connection refused",
            SocketError.HostUnreachable => $"dial tcp {address}: connect: no route to host",
            SocketError.TimedOut => $"dial tcp {address}: i/o timeout",
            _ => problem.InnerException is IOException { InnerException: SocketException }
                ? $"read tcp {address}: connection reset by peer"
                : problem.Message,
        };

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext context)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var name in (string[])["Content-Type", "Content-Encoding", "Content-Length"])
        {
            if (answer.Content.Headers.TryGetValues(name, out var values))
                context.Response.Headers[name] = values.ToArray();
        }
        if (answer.Headers.Location is { } location)
            context.Response.Headers.Location = location.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>Where the pod listens: the port that is asked for, by number or name, else its first one.</summary>
    private Uri Address(string @namespace, string target)
    {
        var parts = target.Split(':');
        var (scheme, name, port) = parts switch
        {
            [var only] => ("http", only, ""),
            [var first, var second] => ("http", first, second),
            ["http" or "https", var middle, var last] => (parts[0], middle, last),
            _ => throw ApiException.BadRequest($"invalid pod request \"{target}\""),
        };
        var kind = state.Catalog.Find("pods")!;
        var pod = (state.Store.Find(kind.Key(@namespace, name)) ?? throw ApiException.NotFound(kind, name)).Copy();
        if (pod.Child("status")?.Text("podIP") is not { Length: > 0 } address)
            throw ApiException.Unavailable($"pod {name} has no address yet");
        return new UriBuilder(scheme, address, Port(pod, kind, name, port)).Uri;
    }

    private static int Port(JsonObject pod, ResourceKind kind, string name, string asked)
    {
        if (int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        var ports = (pod.Child("spec") ?? []).Children("containers")
            .SelectMany(container => container.Children("ports")).ToList();
        var found = asked.Length == 0 ? ports.FirstOrDefault() : ports.Find(port => port.Text("name") == asked);
        return (int?)found?.Whole("containerPort") ?? (asked.Length == 0
            ? 80
            : throw ApiException.BadRequest($"{kind.Resource} \"{name}\" has no port named \"{asked}\""));
    }
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>
/// An API server over TLS that keeps its connections, wants a client certificate, and answers with its subject.
/// </summary>
internal sealed class CertifiedServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    public CertifiedServer(TestAuthority root)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            listen.UseHttps(root.Leaf("127.0.0.1"), https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.AllowAnyClientCertificate();
            })));
        builder.Services.AddRoutingCore();
        _server = builder.Build();
        _server.Map("/version", http => http.Response.WriteAsync(Version(http)));
        _server.Map("/watch", async http =>
        {
            await http.Response.WriteAsync("begun ");
            await http.Response.Body.FlushAsync();
            await WatchEnds.Task;
            await http.Response.WriteAsync(http.Connection.ClientCertificate!.Subject);
        });
    }

    public TaskCompletionSource WatchEnds { get; } = new();

    /// <summary>Subjects that are answered with 401.</summary>
    public HashSet<string> Refused { get; } = [];

    public async Task<string> StartAsync(CancellationToken cancellation)
    {
        await _server.StartAsync(cancellation);
        return _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string Version(HttpContext http)
    {
        var subject = http.Connection.ClientCertificate!.Subject;
        http.Response.StatusCode = Refused.Contains(subject) ? 401 : 200;
        return $$"""{"gitVersion":"{{subject}}"}""";
    }
}

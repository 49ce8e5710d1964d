using System.Text;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rollouts.LocalCluster.ApiServer.Http;

namespace Rollouts.LocalCluster.ApiServer;

/// <summary>The API server over HTTP, on loopback, without authentication: whoever is on this machine may do everything.</summary>
internal sealed class ApiServerHost : IAsyncDisposable
{
    /// <summary>As kube-apiserver's limit of a request body (apiserver pkg/server/config.go, MaxRequestBodyBytes).</summary>
    public const long BodyBytesLimit = 3 * 1024 * 1024;

    private readonly WebApplication _web;
    private readonly CancellationTokenSource _stopping;

    private ApiServerHost(WebApplication web, CancellationTokenSource stopping, ClusterObjects objects)
    {
        _web = web;
        _stopping = stopping;
        Objects = objects;
        Address = new Uri(web.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public ClusterObjects Objects { get; }

    public Uri Address { get; }

    /// <exception cref="ClusterStartException">A CRD file cannot be served, or the port is taken.</exception>
    public static async Task<ApiServerHost> StartAsync(ApiServerOptions options, CancellationToken cancellation)
    {
        var state = new ClusterState(new ClusterStateOptions
        {
            CrdFolder = options.CrdFolder,
            Clock = options.TimeProvider,
            HistoryPerResource = options.HistoryPerResource,
            WatchQueueBound = options.WatchQueueBound,
        });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        var web = builder.Build();
        var stopping = new CancellationTokenSource();
        var handler = new ApiHandler(state, options, stopping.Token);
        web.Run(handler.HandleAsync);
        try
        {
            await web.StartAsync(cancellation);
        }
        catch (IOException problem)
        {
            stopping.Dispose();
            await web.DisposeAsync();
            throw new ClusterStartException($"cannot listen on {options.Address}:{options.Port}: {problem.Message}", problem);
        }
        return new ApiServerHost(web, stopping, state.Objects);
    }

    /// <summary>Writes a file for KUBECONFIG; its token is no secret, it only keeps kubectl from asking for a user name.</summary>
    public void WriteKubeconfig(string path) => File.WriteAllText(path, $$"""
        apiVersion: v1
        kind: Config
        current-context: local-cluster
        clusters:
        - name: local-cluster
          cluster:
            server: {{Address.GetLeftPart(UriPartial.Authority)}}
        users:
        - name: local-cluster
          user:
            token: local-cluster
        contexts:
        - name: local-cluster
          context:
            cluster: local-cluster
            user: local-cluster
            namespace: {{ClusterState.DefaultNamespace}}

        """, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _web.DisposeAsync();
        _stopping.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, ApiServerOptions options)
    {
        kestrel.Listen(options.Address, options.Port);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesLimit;
    }
}

using System.Text;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Rollouts.LocalCluster.ApiServer.Http;

namespace Rollouts.LocalCluster.ApiServer;

/// <summary>
/// The API server over HTTP, on loopback, without authentication: whoever is on this machine may do everything.
/// </summary>
internal sealed class ApiServerHost : IAsyncDisposable
{
    /// <summary>
    /// As kube-apiserver's limit of a request body (apiserver pkg/server/config.go, MaxRequestBodyBytes).
    /// </summary>
    public const long BodyBytesLimit = 3 * 1024 * 1024;

    private readonly KestrelServer _server;
    private readonly ApiHandler _handler;
    private readonly CancellationTokenSource _stopping;

    private ApiServerHost(
        KestrelServer server, ApiHandler handler, CancellationTokenSource stopping, ClusterObjects objects)
    {
        _server = server;
        _handler = handler;
        _stopping = stopping;
        Objects = objects;
        Address = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    public ClusterObjects Objects { get; }

    public Uri Address { get; }

    /// <exception cref="ClusterStartException">A CRD file cannot be served, or the port is taken.</exception>
    public static async Task<ApiServerHost> StartAsync(ApiServerOptions options, CancellationToken cancellation)
    {
        var state = new ClusterState(
            new ClusterStateOptions
            {
                CrdFolder = options.CrdFolder,
                Clock = options.TimeProvider,
                HistoryPerResource = options.HistoryPerResource,
                WatchQueueBound = options.WatchQueueBound,
            });
        var stopping = new CancellationTokenSource();
        var handler = new ApiHandler(state, options, stopping.Token);
        var server = new KestrelServer(
            Options.Create(Kestrel(options)),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), options.Logs),
            options.Logs);
        try
        {
            await server.StartAsync(new RequestDelegateApplication(handler.HandleAsync), cancellation);
        }
        catch (IOException problem)
        {
            stopping.Dispose();
            handler.Dispose();
            server.Dispose();
            throw new ClusterStartException(
                $"cannot listen on {options.Address}:{options.Port}: {problem.Message}",
                problem);
        }
        return new ApiServerHost(server, handler, stopping, state.Objects);
    }

    /// <summary>
    /// Writes a file for KUBECONFIG; its token is no secret, it only keeps kubectl from asking for a user name.
    /// </summary>
    public void WriteKubeconfig(string path) =>
        File.WriteAllText(
            path,
            $$"""
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

            """,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>Ends every watch and log first, so that no connection keeps the server waiting.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.StopAsync(CancellationToken.None);
        _server.Dispose();
        _handler.Dispose();
        _stopping.Dispose();
    }

    private static KestrelServerOptions Kestrel(ApiServerOptions options)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = BodyBytesLimit;
        kestrel.Listen(options.Address, options.Port);
        return kestrel;
    }
}

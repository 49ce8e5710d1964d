namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>The one request delegate: START HERE to follow a request. What is refused leaves as a Status.</summary>
internal sealed class ApiHandler(ClusterState state, ApiServerOptions options, CancellationToken stopping)
    : IDisposable
{
    private readonly Discovery _discovery = new(state.Catalog);
    private readonly ReadHandler _reads = new(state, options, stopping);
    private readonly WriteHandler _writes = new(state);
    private readonly ScaleHandler _scale = new(state);
    private readonly PodLogHandler _logs = new(state, options.PodLogReader, stopping);

    private readonly PodProxyHandler _proxy = new(state);

    public void Dispose() => _proxy.Dispose();

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (ApiException refusal) when (!context.Response.HasStarted)
        {
            await JsonAnswer.WriteAsync(context, refusal.Status);
        }
        catch (OperationCanceledException)
            when (context.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        var segments = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (segments)
        {
            case ["livez" or "readyz" or "healthz"]:
                return WriteTextAsync(context, "ok");
            case ["version"]:
                return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, Discovery.Version());
            case ["openapi", "v2"]:
                return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, OpenApi.EmptyV2, OpenApi.V2Type);
            case ["openapi", "v3"]:
                return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, OpenApi.Index(state.Catalog));
            case ["openapi", "v3", .. var path]:
                return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, OpenApi.Document(state.Catalog, path));
            case ["api" or "apis"] or ["api", _] or ["apis", _] or ["apis", _, _]:
                return DiscoverAsync(context, segments);
            case ["api", "v1", "namespaces", var @namespace, "pods", var target, "proxy", .. var path]:
                return _proxy.HandleAsync(context, @namespace, target, string.Join('/', path));
            case ["apis", AccessReview.Group, "v1", "selfsubjectaccessreviews"]:
                return AccessReview.AnswerAsync(context, "SelfSubjectAccessReview");
            case ["apis", AccessReview.Group, "v1", "selfsubjectrulesreviews"]:
                return AccessReview.AnswerAsync(context, "SelfSubjectRulesReview");
            case ["api" or "apis", ..]:
                return HandleResourceAsync(context, RequestPath.Parse(segments, state.Catalog));
            default:
                throw ApiException.NoSuchPath();
        }
    }

    private Task DiscoverAsync(HttpContext context, string[] segments)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
            throw ApiException.MethodNotAllowed("discovery is read with GET");
        var representation = Accept.Negotiate(
            context.Request.Headers.Accept.ToString(),
            isDiscovery: segments.Length == 1);
        var answer = (segments, representation) switch
        {
            (["api" or "apis"], Representation.AggregatedDiscovery) => _discovery.Aggregated(
                isCore: segments[0] == "api"),
            (["api"], _) => Discovery.CoreVersions(),
            (["apis"], _) => _discovery.Groups(),
            (["api", "v1"], _) => _discovery.Resources("", "v1"),
            (["apis", var group], _) => _discovery.Group(group),
            (["apis", var group, var version], _) => _discovery.Resources(group, version),
            _ => null,
        };
        var type =
            representation == Representation.AggregatedDiscovery ? Accept.AggregatedDiscoveryType : "application/json";
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, answer ?? throw ApiException.NoSuchPath(), type);
    }

    private Task HandleResourceAsync(HttpContext context, RequestPath path)
    {
        switch (path.Subresource)
        {
            case null or "status" when path.Subresource is null || path.Kind.HasStatusSubresource:
                return HttpMethods.IsGet(context.Request.Method)
                    ? _reads.HandleAsync(context, path)
                    : _writes.HandleAsync(context, path);
            case "scale" when path.Kind.Scale is { } scale:
                return _scale.HandleAsync(context, path, scale);
            case "log" when path.Kind.Resource == "pods":
                return _logs.HandleAsync(context, path);
            default:
                throw ApiException.NotModelled($"{path.Kind.Resource}/{path.Subresource}");
        }
    }

    private static Task WriteTextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}

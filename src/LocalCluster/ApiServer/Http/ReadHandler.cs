using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Tables;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>GET: one object, a list, or a watch; as JSON or as a Table.</summary>
internal sealed class ReadHandler(ClusterState state, ApiServerOptions options, CancellationToken stopping)
{
    private readonly ObjectReads _reads = new(state.Store);

    public Task HandleAsync(HttpContext context, RequestPath path)
    {
        var asTable = Accept.Negotiate(context.Request.Headers.Accept.ToString()) == Representation.Table;
        var table = asTable ? new ResourceTable(path.Kind, Included(context.Request), options.TimeProvider) : null;
        var isWatch = context.Request.QueryFlag("watch");
        if (path.Name is not null && isWatch)
            throw ApiException.BadRequest("watch one object through its list, with fieldSelector=metadata.name=NAME");
        if (path.Name is not null)
            return GetAsync(context, path, path.Name, table);
        return isWatch
            ? new WatchAnswer(state, options, context, path, table).WriteAsync(stopping)
            : ListAsync(context, path, table);
    }

    private Task GetAsync(HttpContext context, RequestPath path, string name, ResourceTable? table)
    {
        var found =
            state.Store.Find(path.Kind.Key(path.Namespace ?? "", name)) ?? throw ApiException.NotFound(path.Kind, name);
        return table is null
            ? JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, found.Json)
            : JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, table.Of([found], []));
    }

    private Task ListAsync(HttpContext context, RequestPath path, ResourceTable? table)
    {
        var request = context.Request;
        var page = _reads.List(
            path.Kind,
            new ListQuery(
                request.Filter(path.Kind, path.Namespace),
                request.QueryWhole("resourceVersion"),
                request.QueryText("resourceVersionMatch") == "Exact",
                (int)Math.Min(request.QueryWhole("limit") ?? 0, int.MaxValue),
                request.QueryText("continue")));
        return table is null
            ? JsonAnswer.WriteListAsync(context, path.Kind, page)
            : JsonAnswer.WriteAsync(
                context,
                StatusCodes.Status200OK,
                table.Of(page.Objects, JsonAnswer.ListMetadata(page)));
    }

    private static IncludedObject Included(HttpRequest request) =>
        request.QueryText("includeObject") switch
        {
            "Object" => IncludedObject.Object,
            "None" => IncludedObject.None,
            _ => IncludedObject.Metadata,
        };
}

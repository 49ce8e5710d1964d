using System.Globalization;
using System.Text;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>GET pods/NAME/log: the lines that the pod's process wrote.</summary>
internal sealed class PodLogHandler(ClusterState state, PodLogReader? reader, CancellationToken stopping)
{
    private static readonly string[] NotModelled = ["sinceSeconds", "sinceTime", "timestamps", "limitBytes", "stream"];

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method))
            throw ApiException.MethodNotAllowed("a log is read with GET");
        if (NotModelled.FirstOrDefault(name => request.QueryText(name) is not (null or "false")) is { } refused)
            throw ApiException.BadRequest($"logs with {refused} are not modelled by the local cluster");
        var pod =
            state.Store.Find(path.Kind.Key(path.Namespace ?? "", path.Name ?? ""))
            ?? throw ApiException.NotFound(path.Kind, path.Name ?? "");
        var query = new PodLogQuery(
            pod.Key.Namespace,
            pod.Key.Name,
            Container(pod, request.QueryText("container")),
            request.QueryFlag("previous"),
            request.QueryFlag("follow"),
            (int?)Math.Min(request.QueryWhole("tailLines") ?? long.MaxValue, int.MaxValue)
                is { } lines
                    and < int.MaxValue
                ? lines
                : null);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var log =
            reader?.Invoke(query, ended.Token)
            ?? throw ApiException.BadRequest(
                query.Previous
                    ? $"previous terminated container \"{query.Container}\" in pod \"{query.Pod}\" not found"
                    : $"container \"{query.Container}\" in pod \"{query.Pod}\" is waiting to start: ContainerCreating");
        context.Response.ContentType = "text/plain";
        await foreach (var line in log.WithCancellation(ended.Token))
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), ended.Token);
            if (query.Follow)
                await context.Response.Body.FlushAsync(ended.Token);
        }
    }

    private static string Container(StoredObject pod, string? asked)
    {
        var names = (pod.Copy().Child("spec") ?? [])
            .Children("containers")
            .Select(container => container.Text("name")!)
            .ToList();
        if (asked is null)
        {
            return names is [var only]
                ? only
                : throw ApiException.BadRequest(
                    $"a container name must be specified for pod {pod.Key.Name}, "
                        + $"choose one of: [{string.Join(' ', names)}]");
        }
        return names.Contains(asked)
            ? asked
            : throw ApiException.BadRequest(
                string.Create(CultureInfo.InvariantCulture, $"container {asked} is not valid for pod {pod.Key.Name}"));
    }
}

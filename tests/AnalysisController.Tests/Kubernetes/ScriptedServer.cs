using System.Net;
using System.Text;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>An API server that answers from a list, in order, and remembers what it was asked.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = new();

    public List<string> Requests { get; } = [];

    public ScriptedServer Answer(
        string body,
        HttpStatusCode code = HttpStatusCode.OK,
        TimeSpan? retryAfter = null,
        params (string Name, string Value)[] headers
    ) =>
        Answer(
            () => new StringContent(body, Encoding.UTF8, "application/json"),
            code,
            retryAfter is { } wait ? [.. headers, ("Retry-After", $"{wait.TotalSeconds}")] : headers
        );

    public ScriptedServer Answer(
        Func<HttpContent> body,
        HttpStatusCode code = HttpStatusCode.OK,
        params (string Name, string Value)[] headers
    )
    {
        _answers.Enqueue(() =>
        {
            var response = new HttpResponseMessage(code) { Content = body() };
            foreach (var (name, value) in headers)
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }

            return response;
        });
        return this;
    }

    public ScriptedServer Refuse()
    {
        _answers.Enqueue(() => throw new HttpRequestException("Connection refused"));
        return this;
    }

    public HttpClient Connect() =>
        new(this) { BaseAddress = new Uri("http://cluster/"), Timeout = Timeout.InfiniteTimeSpan };

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        return _answers.TryDequeue(out var answer)
            ? Task.FromResult(answer())
            : new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellationToken);
    }
}

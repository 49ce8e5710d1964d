using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rollouts.Api.Metrics;
using Rollouts.Api.Settings;
using Rollouts.Api.Tracing;

namespace Rollouts.Api.Requests;

/// <summary>
/// Around every routed request: its id, the headers of the answer, the log line, and what becomes of a throw.
/// </summary>
internal sealed partial class RequestFrame(
    Identity identity, RequestLogMode logMode, RequestMeter meter, TimeProvider clock, ILogger<RequestFrame> log)
{
    /// <summary>Nginx's code for a client that went away; it is nobody's error.</summary>
    public const int ClientClosedRequest = 499;

    // A Service chooses a pod per connection, and a page cannot close one: it asks the answering pod to.
    private const string NewConnection = "X-New-Connection";

    public static readonly object RequestIdKey = new();

    private readonly StringValues _version = identity.Version;
    private readonly StringValues _pod = identity.Pod;

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var start = clock.GetTimestamp();
        var requestId = RequestId.Of(http.Request.Headers["X-Request-ID"]);
        http.Items[RequestIdKey] = requestId;
        var headers = http.Response.Headers;
        headers["X-Request-ID"] = requestId;
        headers["X-Version"] = _version;
        headers["X-Pod"] = _pod;
        if (http.Request.Headers.ContainsKey(NewConnection))
        {
            headers.Connection = "close";
        }

        http.Response.OnStarting(static state =>
        {
            var (frame, http, start) = ((RequestFrame, HttpContext, long))state;
            var elapsed = frame.Milliseconds(start).ToString("0.0", CultureInfo.InvariantCulture);
            http.Response.Headers["X-Response-Time"] = $"{elapsed}ms";
            return Task.CompletedTask;
        }, (this, http, start));

        using var scope = log.BeginScope(new RequestScope(requestId, TraceId(http)));
        using var flight = meter.Begin(http);
        try
        {
            await next(http);
            await ExplainAsync(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = ClientClosedRequest;
        }
        catch (BadHttpRequestException wrong) when (!http.Response.HasStarted)
        {
            await Problem.WriteAsync(http, wrong.StatusCode, wrong.Message);
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            LogFailure(http.Request.Method, http.Request.Path, failure);
            await Problem.WriteAsync(
                http, StatusCodes.Status500InternalServerError, "The request failed; the log has the reason.");
        }

        RequestTraces.Describe(http);
        if (IsWorthALine(http.Response.StatusCode))
        {
            var elapsed = Milliseconds(start);
            LogRequest(http.Request.Method, http.Request.Path.Value, http.Response.StatusCode, elapsed);
        }
    }

    // What routing itself refuses, 405 above all, comes without a body.
    private static Task ExplainAsync(HttpContext http) =>
        http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null }
            ? Problem.WriteAsync(
                http,
                http.Response.StatusCode,
                $"{http.Request.Method} {http.Request.Path} is not possible{Allowed(http.Response.Headers.Allow)}.")
            : Task.CompletedTask;

    private static string Allowed(StringValues methods) => methods.Count > 0 ? $"; possible: {methods}" : "";

    private bool IsWorthALine(int status) => logMode switch
    {
        RequestLogMode.All => true,
        RequestLogMode.Errors => status >= StatusCodes.Status500InternalServerError,
        RequestLogMode.Off => false,
    };

    private double Milliseconds(long start) => clock.GetElapsedTime(start).TotalMilliseconds;

    // The hosting layer reads traceparent into an activity; without a listener it makes none and the header speaks.
    private static string? TraceId(HttpContext http) =>
        Activity.Current?.TraceId.ToString()
        ?? (ActivityContext.TryParse(http.Request.Headers.TraceParent, null, out var context)
            ? context.TraceId.ToString()
            : null);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Method} {Path} {Status} {ElapsedMs:0.0} ms")]
    private partial void LogRequest(string method, string? path, int status, double elapsedMs);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailure(string method, string path, Exception failure);
}

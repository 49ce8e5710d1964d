using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Rollouts.Api.Requests;

/// <summary>An error as RFC 9457 has it.</summary>
/// <param name="Errors">The single problems, when there are several.</param>
internal sealed record Problem(
    string Type, string Title, int Status, string Detail, string RequestId, IReadOnlyList<string>? Errors)
{
    private const string ContentType = "application/problem+json";

    public static Task WriteAsync(
        HttpContext http, int status, string detail, IReadOnlyList<string>? errors = null)
    {
        var title = ReasonPhrases.GetReasonPhrase(status);
        var problem = new Problem(
            "about:blank",
            title.Length > 0 ? title : "Error",
            status,
            detail,
            http.Items[RequestFrame.RequestIdKey] as string ?? "",
            errors);
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Plain.Problem);
        http.Response.StatusCode = status;
        http.Response.ContentType = ContentType;
        http.Response.ContentLength = body.Length;

        // Not RequestAborted: a request over its time limit is aborted already when its problem is written.
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }
}

using System.Net;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>
/// How the API server or the way to it failed; callers ask only <see cref="IsConflict"/>, <see cref="IsTransient"/>,
/// <see cref="IsGone"/>.
/// </summary>
internal sealed class KubernetesException : Exception
{
    public KubernetesException()
        : this("the API server failed") { }

    public KubernetesException(string message)
        : base(message) { }

    public KubernetesException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Null when no answer came at all.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>How long the server asks us to stay away (429, 503).</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsConflict => StatusCode == HttpStatusCode.Conflict;

    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;

    public bool IsForbidden => StatusCode == HttpStatusCode.Forbidden;

    /// <summary>The resourceVersion is older than the server's history: list again.</summary>
    public bool IsGone => StatusCode == HttpStatusCode.Gone;

    /// <summary>
    /// The same request may succeed later: no answer, 408, 429, or a server error; 401 too, for a token's file is read
    /// anew and a command asked again.
    /// </summary>
    public bool IsTransient =>
        StatusCode
            is null
                or HttpStatusCode.Unauthorized
                or HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
                or >= HttpStatusCode.InternalServerError;

    public static KubernetesException From(
        string verb,
        string path,
        HttpStatusCode statusCode,
        TimeSpan? retryAfter,
        ApiStatus? status
    )
    {
        var said = status?.Message is { Length: > 0 } message ? message : "no message";
        return new KubernetesException(
            $"{verb} {path}: {(int)statusCode} {status?.Reason ?? statusCode.ToString()}: {said}"
        )
        {
            StatusCode = statusCode,
            RetryAfter = retryAfter,
        };
    }
}

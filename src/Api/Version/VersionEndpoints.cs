using System.Runtime.InteropServices;
using System.Text.Json;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Version;

/// <summary>Answer of <c>/api/version</c>.</summary>
internal sealed record VersionAnswer(
    string Version, string BuildNumber, string Commit, string BuildDate, string Environment);

/// <summary>Answer of <c>/api/info</c>.</summary>
internal sealed record InstanceAnswer
{
    public required string Version { get; init; }

    public required string BuildNumber { get; init; }

    public required string Commit { get; init; }

    public required string BuildDate { get; init; }

    public required string Environment { get; init; }

    public required string Host { get; init; }

    public required string Pod { get; init; }

    public required string Namespace { get; init; }

    public required string Node { get; init; }

    public string? RolloutHash { get; init; }

    public string? RolloutRole { get; init; }

    public required string Runtime { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double UptimeSeconds { get; init; }
}

/// <summary><c>/api/version</c> and <c>/api/info</c>.</summary>
internal sealed class VersionEndpoints(Identity identity, PodLabels labels, TimeProvider clock)
{
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly byte[] _version = JsonSerializer.SerializeToUtf8Bytes(
        new VersionAnswer(identity.Version, identity.Build, identity.Commit, identity.BuildDate, identity.Stage),
        ApiJson.Plain.VersionAnswer);

    public Task GetVersionAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = _version.Length;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(_version, http.RequestAborted).AsTask();
    }

    public Task GetInstanceAsync(HttpContext http) => JsonAnswer.WriteAsync(
        http,
        new InstanceAnswer
        {
            Version = identity.Version,
            BuildNumber = identity.Build,
            Commit = identity.Commit,
            BuildDate = identity.BuildDate,
            Environment = identity.Stage,
            Host = Environment.MachineName,
            Pod = identity.Pod,
            Namespace = identity.Namespace,
            Node = identity.Node,
            RolloutHash = labels.Read("rollouts-pod-template-hash"),
            RolloutRole = labels.Read("role"),
            Runtime = RuntimeInformation.FrameworkDescription,
            StartedAt = _startedAt,
            UptimeSeconds = Math.Round((clock.GetUtcNow() - _startedAt).TotalSeconds, 3),
        },
        ApiJson.Plain.InstanceAnswer);
}

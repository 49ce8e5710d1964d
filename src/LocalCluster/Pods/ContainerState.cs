using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.Pods;

/// <summary>The state of a container as core/v1 ContainerState writes it.</summary>
internal abstract record ContainerState
{
    private ContainerState()
    {
    }

    public abstract JsonObject ToJson();

    internal sealed record Waiting(string Reason, string? Message = null) : ContainerState
    {
        public override JsonObject ToJson()
        {
            var waiting = new JsonObject { ["reason"] = Reason };
            if (Message is not null)
                waiting["message"] = Message;
            return new JsonObject { ["waiting"] = waiting };
        }
    }

    internal sealed record Running(DateTimeOffset StartedAt) : ContainerState
    {
        public override JsonObject ToJson() =>
            new() { ["running"] = new JsonObject { ["startedAt"] = KubernetesTime.Write(StartedAt) } };
    }

    internal sealed record Terminated(
        int ExitCode,
        string Reason,
        DateTimeOffset StartedAt,
        DateTimeOffset FinishedAt) : ContainerState
    {
        /// <summary>OOMKilled, Completed or Error, as the container runtime says it.</summary>
        public static Terminated After(int exitCode, bool outOfMemory, DateTimeOffset startedAt, DateTimeOffset at) =>
            new(exitCode, outOfMemory ? "OOMKilled" : exitCode == 0 ? "Completed" : "Error", startedAt, at);

        public override JsonObject ToJson() => new()
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = ExitCode,
                ["reason"] = Reason,
                ["startedAt"] = KubernetesTime.Write(StartedAt),
                ["finishedAt"] = KubernetesTime.Write(FinishedAt),
            },
        };
    }
}

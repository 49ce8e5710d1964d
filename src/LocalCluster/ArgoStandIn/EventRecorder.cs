using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn.Json;

namespace Rollouts.LocalCluster.ArgoStandIn;

/// <summary>Records Kubernetes Events about Rollouts and AnalysisRuns.</summary>
internal sealed class EventRecorder(ClusterObjects objects, TimeProvider clock)
{
    private const string Component = "rollouts-controller";
    private long _count;

    public void Record(JsonObject about, ObjectEvent what)
    {
        var now = clock.GetUtcNow();
        var (@namespace, name) = ObjectKey.Of(about);
        var suffix = (now.Ticks + Interlocked.Increment(ref _count)).ToString("x", CultureInfo.InvariantCulture);
        objects.Create("events", @namespace, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = $"{name}.{suffix}", ["namespace"] = @namespace },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = about.Text("apiVersion"),
                ["kind"] = about.Text("kind"),
                ["namespace"] = @namespace,
                ["name"] = name,
                ["uid"] = about.Text("metadata", "uid"),
                ["resourceVersion"] = about.Text("metadata", "resourceVersion"),
            },
            ["type"] = what.IsWarning ? "Warning" : "Normal",
            ["reason"] = what.Reason,
            ["message"] = what.Message,
            ["source"] = new JsonObject { ["component"] = Component },
            ["reportingComponent"] = Component,
            ["firstTimestamp"] = now.ToWire(),
            ["lastTimestamp"] = now.ToWire(),
            ["count"] = 1,
        });
    }
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;

namespace Rollouts.LocalCluster.ArgoStandIn.Metrics;

/// <summary>
/// Takes measurements. A plugin is never configured here, as in a cluster that only uses the companion; a web metric
/// is really asked.
/// </summary>
internal sealed class MetricProviders(WebMetric web, TimeProvider clock)
{
    public async Task<JsonObject> MeasureAsync(MetricTask task, bool terminating, CancellationToken cancellation)
    {
        var provider = task.Metric.Json.Object("provider") ?? [];
        if (provider.Object("plugin") is { } plugin)
            return CannotStart(task, plugin.FirstOrDefault().Key);
        // metricproviders/webmetric/webmetric.go, v1.10: resume and terminate hand the measurement back as it is.
        if (task.InFlight is not null)
            return (JsonObject)task.InFlight.DeepClone();
        return terminating
            ? throw new InvalidOperationException($"metric {task.Metric.Name}: a terminating run starts no measurement")
            : await web.MeasureAsync(task.Metric, provider.Object("web") ?? [], cancellation);
    }

    private JsonObject CannotStart(MetricTask task, string plugin)
    {
        var measurement = (JsonObject?)task.InFlight?.DeepClone()
            ?? new JsonObject { ["startedAt"] = clock.GetUtcNow().ToWire() };
        measurement["phase"] = AnalysisPhase.Error;
        // metricproviders/plugin/client/client.go:57-62 around utils/plugin/plugin.go:16-27, v1.10.
        measurement["message"] = $"unable to start plugin system: unable to find plugin ({plugin}): "
            + $"plugin {plugin} not configured in configmap";
        return measurement;
    }
}

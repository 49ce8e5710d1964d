using Microsoft.Extensions.Logging;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Shared;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>The fields that every line of a reconcile carries, as the log's sink sees them.</summary>
public sealed class LogFieldTests
{
    [Theory]
    [InlineData("rollout", "argoproj.io", "Rollout")]
    [InlineData("canarypolicy", "rollouts-companion.io", "CanaryPolicy")]
    public async Task A_line_says_which_reconcile_of_what_it_belongs_to(string controller, string group, string kind)
    {
        var clock = new VirtualClock();
        var sink = new Lines();
        await using var serilog = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(sink).CreateLogger();
        using var factory = LoggerFactory.Create(logging => logging.AddSerilog(serilog));
        using var queue = new ReconcileQueue(clock);
        using var metrics = new ControllerMetrics(
            new Dictionary<string, ReconcileQueue> { [controller] = queue }
        );
        using var stop = new CancellationTokenSource();
        var loop = new ReconcileLoop(
            controller,
            queue,
            async (_, _) =>
            {
                await stop.CancelAsync();
                throw new KubernetesException("no");
            },
            metrics,
            clock,
            new Random(1),
            factory.CreateLogger("controller")
        );
        queue.Enqueue(new ObjectKey("shop", "cart"));

        await loop.RunAsync(stop.Token, CancellationToken.None);

        var fields = Assert.Single(sink.Events).Properties;
        Assert.Equal(
            (controller, group, kind, "shop", "cart", "cart"),
            (
                Text(fields, "controller"),
                Text(fields, "controllerGroup"),
                Text(fields, "controllerKind"),
                Text(fields, "namespace"),
                Text(fields, "name"),
                Text(fields, controller)
            )
        );
        Assert.True(Guid.TryParse(Text(fields, "reconcileID"), out _));
    }

    private static string Text(IReadOnlyDictionary<string, LogEventPropertyValue> fields, string name) =>
        fields[name].ToString().Trim('"');

    private sealed class Lines : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}

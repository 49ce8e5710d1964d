using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Rollouts.AnalysisController.Tests;

/// <summary>A line of the log as a collector reads it.</summary>
public sealed class LogLinesTests
{
    [Fact]
    public void A_verdict_is_one_flat_object_whose_message_can_be_read_alone()
    {
        var line = Line(log =>
        {
            using var fields = log.BeginScope(
                new Dictionary<string, object> { ["controller"] = "rollout", ["name"] = "cart" }
            );
            ControllerLog.VerdictReached(
                log, "shop", "cart", "cart-1", Decision.Pass, "WithinMargins: \"all\" is well");
        });

        Assert.Equal(
            "shop/cart cart-1: Pass: WithinMargins: \"all\" is well",
            line.GetProperty("msg").GetString()
        );
        Assert.Equal(
            ("info", "controller", "VerdictReached", "rollout", "cart"),
            (Text("level"), Text("logger"), Text("event"), Text("controller"), Text("name"))
        );
        Assert.Equal(("shop", "cart", "cart-1"), (Text("namespace"), Text("rollout"), Text("analysisrun")));
        Assert.EndsWith("Z", Text("ts"), StringComparison.Ordinal);
        Assert.DoesNotContain(line.EnumerateObject(), field => char.IsUpper(field.Name[0]));

        string? Text(string name) => line.GetProperty(name).GetString();
    }

    [Fact]
    public void A_number_is_a_number_and_a_failure_has_its_stack_trace()
    {
        var line = Line(log => ControllerLog.ReconcileBroke(
            log, new InvalidOperationException("a bug"), new ObjectKey("shop", "cart"), 60));

        Assert.Equal("error", line.GetProperty("level").GetString());
        Assert.Equal(60, line.GetProperty("retryAfterSeconds").GetDouble());
        Assert.Contains("a bug", line.GetProperty("stacktrace").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("shop/cart: reconcile broke", line.GetProperty("msg").GetString(), StringComparison.Ordinal);
    }

    private static JsonElement Line(Action<Microsoft.Extensions.Logging.ILogger> write)
    {
        var sink = new Sink();
        using var serilog = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        using var factory = LoggerFactory.Create(logging => logging.AddSerilog(serilog));
        write(factory.CreateLogger("controller"));
        using var text = new StringWriter();
        new LogLines().Format(Assert.Single(sink.Events), text);
        return JsonDocument.Parse(text.ToString()).RootElement;
    }

    private sealed class Sink : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}

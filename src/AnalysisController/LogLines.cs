using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace Rollouts.AnalysisController;

/// <summary>
/// One flat JSON object a line: <c>ts</c>, <c>level</c>, <c>msg</c> and every field beside them, as the logs of
/// controller-runtime have them (kubernetes-sigs/controller-runtime pkg/log/zap), so that collectors made for those
/// read ours.
/// </summary>
internal sealed class LogLines : ITextFormatter
{
    private static readonly JsonValueFormatter Values = new(typeTagName: null);

    private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"level\":\"");
        output.Write(WordOf(logEvent.Level));
        output.Write("\",\"ts\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write("\",\"msg\":");
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, message);
        JsonValueFormatter.WriteQuotedJsonString(message.ToString(), output);
        foreach (var (name, value) in logEvent.Properties)
        {
            WriteField(name, value, output);
        }

        if (logEvent.Exception is { } failure)
        {
            WriteField("stacktrace", new ScalarValue(failure.ToString()), output);
        }

        output.WriteLine('}');
    }

    /// <summary>The name of an event says enough: its number is the same thing again.</summary>
    private static void WriteField(string name, LogEventPropertyValue value, TextWriter output)
    {
        var (key, text) = (name, value) switch
        {
            ("SourceContext", _) => ("logger", value),
            ("EventId", StructureValue id) => ("event", NameOf(id) ?? value),
            _ => (name, value),
        };
        output.Write(',');
        JsonValueFormatter.WriteQuotedJsonString(key, output);
        output.Write(':');
        Values.Format(text, output);
    }

    private static LogEventPropertyValue? NameOf(StructureValue id) =>
        id.Properties.FirstOrDefault(part => part.Name == "Name")?.Value;

    private static string WordOf(LogEventLevel level) =>
        level switch
        {
            LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
            LogEventLevel.Information => "info",
            LogEventLevel.Warning => "warn",
            LogEventLevel.Error => "error",
            LogEventLevel.Fatal => "fatal",
        };
}

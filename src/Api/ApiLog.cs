using System.Globalization;
using Rollouts.Api.Settings;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Rollouts.Api;

/// <summary>The log: one JSON object, or one line of text, an event, on standard output.</summary>
internal static class ApiLog
{
    private const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj} {RequestId}{NewLine}{Exception}";

    public static Serilog.Core.Logger Create(ApiOptions options)
    {
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override("Microsoft", Least(options.LogLevel, LogEventLevel.Warning))
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", options.LogLevel)
            .Enrich.FromLogContext()
            .Enrich.WithProperty("Version", options.Identity.Version)
            .Enrich.WithProperty("Pod", options.Identity.Pod);
        return options.LogFormat switch
        {
            LogFormat.Json => log.WriteTo.Console(new JsonFormatter(renderMessage: true)).CreateLogger(),
            LogFormat.Text =>
                log.WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture).CreateLogger(),
        };
    }

    // At debug and below the framework may speak too.
    private static LogEventLevel Least(LogEventLevel chosen, LogEventLevel otherwise) =>
        chosen < LogEventLevel.Information || chosen > otherwise ? chosen : otherwise;
}

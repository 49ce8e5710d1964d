using System.Collections.Immutable;
using Rollouts.Api.Faults;
using Serilog.Events;

namespace Rollouts.Api.Settings;

/// <summary>Which requests are worth a log line.</summary>
internal enum RequestLogMode
{
    Errors,
    All,
    Off,
}

/// <summary>Form of a log line.</summary>
internal enum LogFormat
{
    Json,
    Text,
}

/// <summary>Everything an instance is told at its start; valid by construction.</summary>
internal sealed record ApiOptions
{
    public required ImmutableArray<string> Urls { get; init; }

    public required Identity Identity { get; init; }

    public required string LabelsFile { get; init; }

    public required LogEventLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    public required RequestLogMode RequestLog { get; init; }

    public required TimeSpan StartupDelay { get; init; }

    public required TimeSpan DrainTime { get; init; }

    public required TimeSpan ShutdownTimeout { get; init; }

    public required TimeSpan RequestTimeout { get; init; }

    public required int MaxBodyBytes { get; init; }

    public required ImmutableArray<string> CorsOrigins { get; init; }

    public required TimeSpan CheckTimeout { get; init; }

    /// <summary>Connection string of PostgreSQL; empty for none.</summary>
    public required string Postgres { get; init; }

    /// <summary>Configuration of Redis; empty for none.</summary>
    public required string Redis { get; init; }

    /// <summary>Where traces go; null for nowhere.</summary>
    public required Uri? OtlpEndpoint { get; init; }

    public required string ServiceName { get; init; }

    public required FaultOptions Faults { get; init; }

    /// <summary>Reads all settings. The options are null when there is any problem.</summary>
    public static (ApiOptions? Options, ImmutableArray<string> Problems) Read(
        IConfiguration configuration, DateTimeOffset now)
    {
        var read = new SettingReader(configuration);
        var identity = Identity.Read(read);
        var options = new ApiOptions
        {
            Urls = ReadUrls(read),
            Identity = identity,
            LabelsFile = read.Text(SettingTable.LabelsFile),
            LogLevel = read.Word<LogEventLevel>(SettingTable.LogLevel),
            LogFormat = read.Word<LogFormat>(SettingTable.LogFormat),
            RequestLog = read.Word<RequestLogMode>(SettingTable.RequestLog),
            StartupDelay = read.Seconds(SettingTable.StartupDelay, 0, 600),
            DrainTime = read.Seconds(SettingTable.DrainSeconds, 0, 300),
            ShutdownTimeout = read.Seconds(SettingTable.ShutdownSeconds, 1, 300),
            RequestTimeout = read.Seconds(SettingTable.RequestTimeout, 1, 600),
            MaxBodyBytes = read.Integer(SettingTable.MaxBody, 0, 10 * 1024 * 1024),
            CorsOrigins = ReadOrigins(read),
            CheckTimeout = TimeSpan.FromMilliseconds(read.Number(SettingTable.CheckTimeout, 10, 30_000)),
            Postgres = ConnectionSettings.ReadPostgres(read),
            Redis = ConnectionSettings.ReadRedis(read),
            OtlpEndpoint = ConnectionSettings.ReadOtlp(read),
            ServiceName = read.Text(SettingTable.ServiceName),
            Faults = FaultSettings.Read(read, identity, now),
        };

        return (read.Problems.IsEmpty ? options : null, read.Problems);
    }

    private static ImmutableArray<string> ReadUrls(SettingReader read)
    {
        var text = read.Text(SettingTable.Urls);
        ImmutableArray<string> urls =
        [
            .. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        ];
        foreach (var url in urls)
        {
            // Kestrel also takes http://*:8080 and http://+:8080, which are no URIs.
            var plain = url.Replace("//*", "//localhost", StringComparison.Ordinal)
                .Replace("//+", "//localhost", StringComparison.Ordinal);
            if (!Uri.TryCreate(plain, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            {
                read.Reject(SettingTable.Urls, url, "is not an address such as http://127.0.0.1:8080");
            }
        }

        return urls;
    }

    private static ImmutableArray<string> ReadOrigins(SettingReader read)
    {
        var text = read.Text(SettingTable.CorsOrigins);
        ImmutableArray<string> origins =
            [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        foreach (var origin in origins)
        {
            var isOrigin = Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && uri.Scheme is "http" or "https"
                && uri.GetLeftPart(UriPartial.Authority) == origin;
            if (origin != "*" && !isOrigin)
            {
                read.Reject(SettingTable.CorsOrigins, origin, "is not an origin such as https://example.org");
            }
        }

        return origins;
    }
}

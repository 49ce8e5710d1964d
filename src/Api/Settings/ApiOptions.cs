using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
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
            Faults = ReadFaults(read, identity, now),
        };

        return (read.Problems.IsEmpty ? options : null, read.Problems);
    }

    private static ImmutableArray<string> ReadUrls(SettingReader read)
    {
        var text = read.Text(SettingTable.Urls);
        ImmutableArray<string> urls = [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
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

    private static FaultOptions ReadFaults(SettingReader read, Identity identity, DateTimeOffset now)
    {
        var caps = new FaultCaps(
            read.Seconds(SettingTable.MaxSeconds, 1, 86_400),
            read.Number(SettingTable.MaxCores, 0.1, 64),
            read.Integer(SettingTable.MaxMemory, 1, 65_536));
        var isEnabled = read.Flag(SettingTable.FaultsEnabled);
        var atStart = ImmutableArray.CreateBuilder<FaultSwitch>();
        foreach (var schema in FaultSchema.All)
        {
            var setting = SettingTable.Fault(schema.Kind);
            var text = read.Text(setting);
            if (text.Length == 0)
            {
                continue;
            }

            switch (FaultParser.ParseVariable(schema, text, caps, now))
            {
                case FaultParse.Valid valid:
                    atStart.Add(valid.Switch with { By = $"environment of {identity.Pod}" });
                    break;
                case FaultParse.Invalid invalid:
                    read.Reject(setting, text, string.Join("; ", invalid.Problems));
                    break;
            }
        }

        if (!isEnabled && atStart.Count > 0)
        {
            read.Reject(SettingTable.FaultsEnabled, "false", $"but {FaultSchema.Of(atStart[0].Kind).Variable} is set");
        }

        return new FaultOptions(
            isEnabled, read.Text(SettingTable.FaultToken), ReadSeed(read), caps, atStart.ToImmutable());
    }

    private static int ReadSeed(SettingReader read)
    {
        var text = read.Text(SettingTable.Seed);
        if (text.Length == 0)
        {
            return RandomNumberGenerator.GetInt32(int.MaxValue);
        }

        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed))
        {
            read.Reject(SettingTable.Seed, text, "is not a whole number");
        }

        return seed;
    }
}

using Microsoft.Extensions.Configuration;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Nothing_set_is_valid_and_faults_are_off()
    {
        var (options, problems) = Read();

        Assert.Empty(problems);
        Assert.NotNull(options);
        Assert.False(options.Faults.IsEnabled);
        Assert.Equal(["http://127.0.0.1:8080"], options.Urls);
        Assert.Equal(("dev", RequestLogMode.Errors), (options.Identity.Version, options.RequestLog));
    }

    [Fact]
    public void All_problems_are_listed_at_once()
    {
        var (options, problems) = Read(
            "ASPNETCORE_URLS=localhost:8080",
            "APP_VERSION=two words",
            "LOG_LEVEL=loud",
            "LOG_FORMAT=7",
            "STARTUP_DELAY_SECONDS=601",
            "MAX_REQUEST_BODY_BYTES=1.5",
            "CORS_ORIGINS=https://ok.example,example.org/path",
            "DEMO_FAULTS_ENABLED=perhaps",
            "DEMO_SEED=x",
            "DEMO_FAULT_ERROR=ratio=2,statsu=500",
            "POSTGRES_CONNECTION=nonsense",
            "REDIS_CONNECTION=,,",
            "OTEL_EXPORTER_OTLP_ENDPOINT=collector");

        Assert.Null(options);
        Assert.Equal(
            [
                "APP_VERSION: 'two words' must be at most 253 printable ASCII characters without blanks",
                "ASPNETCORE_URLS: 'localhost:8080' is not an address such as http://127.0.0.1:8080",
                "CORS_ORIGINS: 'example.org/path' is not an origin such as https://example.org",
                "DEMO_FAULTS_ENABLED: 'perhaps' is neither true nor false",
                "DEMO_FAULT_ERROR: 'ratio=2,statsu=500' ratio is '2': it must be a number from 0 to 1; "
                    + "error takes no 'statsu'; it takes ratio=1,status=500,durationSeconds=,onlyVersion=,onlyPod=",
                "DEMO_SEED: 'x' is not a whole number",
                "LOG_FORMAT: '7' is none of json|text",
                "LOG_LEVEL: 'loud' is none of verbose|debug|information|warning|error|fatal",
                "MAX_REQUEST_BODY_BYTES: '1.5' is not a whole number from 0 to 10485760",
                "OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' is not a URL such as http://collector:4318",
                "POSTGRES_CONNECTION: '…' is not of the form Host=…;Username=…;Database=…",
                "REDIS_CONNECTION: '…' is not of the form host:port[,password=…]",
                "STARTUP_DELAY_SECONDS: '601' is not a number from 0 to 600",
            ],
            problems.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_fault_of_the_environment_needs_faults_to_be_armed()
    {
        var (_, problems) = Read("DEMO_FAULT_SLOW=ms=10");

        Assert.Equal(["DEMO_FAULTS_ENABLED: 'false' but DEMO_FAULT_SLOW is set"], problems);
    }

    [Fact]
    public void Every_kind_of_fault_can_be_on_from_the_start()
    {
        var all = SettingTable
            .All.Where(setting => setting.Name.StartsWith("DEMO_FAULT_", StringComparison.Ordinal))
            .ToArray();
        var (options, problems) = Read([
            "DEMO_FAULTS_ENABLED=true",
            .. all.Select(setting => $"{setting.Name}={setting.Unit}"),
        ]);

        Assert.Empty(problems);
        Assert.Equal(12, options!.Faults.AtStart.Length);
        Assert.All(options.Faults.AtStart, fault => Assert.Null(fault.EndsAt));
    }

    [Fact]
    public void Help_names_every_variable_with_unit_and_default()
    {
        var help = HelpText.Write();

        Assert.All(
            SettingTable.All,
            setting =>
            {
                Assert.Contains($"\n  {setting.Name}\n", help, StringComparison.Ordinal);
                var otherwise = setting.Default.Length > 0 ? $"; default {setting.Default}" : "; not set by default";
                Assert.Contains($"      {setting.Unit}{otherwise}\n", help, StringComparison.Ordinal);
            }
        );
    }

    private static (ApiOptions? Options, System.Collections.Immutable.ImmutableArray<string> Problems) Read(
        params string[] settings)
    {
        var values = settings.Select(setting => setting.Split('=', 2))
            .Select(pair => KeyValuePair.Create<string, string?>(pair[0], pair[1]));
        return ApiOptions.Read(
            new ConfigurationBuilder().AddInMemoryCollection(values).Build(),
            new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));
    }
}

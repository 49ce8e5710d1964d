using System.Collections.Immutable;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Profiles;

/// <summary>
/// A body as each framework exposes it, with probes, scrapes and other families among it: which profile is picked, and
/// what is read by it. The figures were added up by hand from what the fixture was written from.
/// </summary>
public sealed class ProfileFixtureTests
{
    private static readonly AnalysisSpec Spec = new() { WarmUp = TimeSpan.Zero };

    /// <summary>Fixture, profile, requests, errors, client errors; number, first and last of the boundaries.</summary>
    public static TheoryData<string, string, double, double, double, int, double, double> Read => new()
    {
        { "opentelemetry-aspnet", "OpenTelemetry", 1080, 9, 19, 14, .005, 10 },
        { "opentelemetry-old", "OpenTelemetryOld", 507, 4, 3, 15, 0, 10 },
        { "prometheus-net", "PrometheusNet", 713, 5, 8, 16, .001, 32.768 },
        { "podinfo", "Podinfo", 470, 12, 5, 11, .005, 10 },
        { "promhttp", "Promhttp", 613, 3, 10, 11, .005, 10 },
        { "fastapi", "FastApi", 327, 4, 23, 21, .01, 60 },
        { "starlette", "Starlette", 261, 2, 9, 14, .005, 10 },
        { "flask", "Flask", 127, 6, 1, 11, .005, 10 },
        { "django", "Django", 460, 8, 9, 16, .01, 75 },
        { "axum", "Axum", 343, 3, 7, 11, .005, 10 },
        { "spring-histogram", "Spring", 891, 11, 0, 8, .001, 5 },
        { "express-prom-bundle", "ExpressPromBundle", 535, 8, 17, 6, .003, 10 },
        { "fastify", "Fastify", 431, 2, 19, 11, .005, 10 },
        { "istio", "Istio", 1031, 12, 16, 14, .0005, 30 },
        { "linkerd", "Linkerd", 777, 17, 0, 25, .001, 50 },
        { "envoy", "Envoy", 476, 6, 20, 19, .0005, 3600 },
        { "envoy-classes", "Envoy", 383, 3, 30, 19, .0005, 3600 },
        { "envoy-listener", "Envoy", 642, 2, 40, 19, .0005, 3600 },
        { "grpc", "Grpc", 518, 7, 11, 11, .005, 10 },
        { "opentelemetry-rpc-old", "OpenTelemetryRpc", 310, 2, 8, 15, 0, 10 },
        { "opentelemetry-rpc", "OpenTelemetryRpc", 229, 3, 4, 14, .005, 10 },
        { "generic", "Generic", 95, 3, 2, 4, .001, 1 },
    };

    /// <summary>Fixture, profile, requests, errors, client errors; why there is no latency.</summary>
    public static TheoryData<string, string, double, double, double, string> ReadWithoutLatency => new()
    {
        {
            "spring-summary", "Spring", 914, 12, 14,
            "http_server_requests_seconds is a summary: it has no buckets"
        },
        { "grpc-java", "Grpc", 267, 6, 11, "grpc_server_handling_seconds is not exported" },
        { "generic-without-unit", "Generic", 93, 3, 0, "no duration with a unit in its name is exported" },
    };

    public static TheoryData<string, string, string> NotRead => new()
    {
        { "nginx-exporter", "NginxExporter", "NoStatusLabel" },
        { "ingress-nginx", "IngressNginx", "NotPerPod" },
        { "traefik", "Traefik", "NotPerPod" },
    };

    [Theory, MemberData(nameof(Read))]
    public void A_framework_is_recognised_and_read(
        string fixture, string profile, double requests, double errors, double clientErrors, int bounds, double first,
            double last)
    {
        var reading = AssertRead(fixture, profile, requests, errors, clientErrors);

        Assert.Null(reading.NoLatency);
        Assert.Equal(bounds, reading.Boundaries.Length);
        Assert.Equal(first, reading.Boundaries[0]);
        Assert.Equal(last, reading.Boundaries[^1]);
        Assert.Equal(reading.Boundaries, Increase(fixture).BucketBounds);
    }

    [Theory, MemberData(nameof(ReadWithoutLatency))]
    public void A_framework_without_buckets_is_read_but_for_its_latency(
        string fixture, string profile, double requests, double errors, double clientErrors, string why)
    {
        var reading = AssertRead(fixture, profile, requests, errors, clientErrors);

        Assert.Equal(why, reading.NoLatency);
        Assert.Empty(Increase(fixture).BucketBounds);
    }

    [Theory, MemberData(nameof(NotRead))]
    public void What_cannot_be_judged_is_recognised_and_refused_with_its_reason(
        string fixture, string name, string reason)
    {
        var report = ProfileDetection.Explain(Families(fixture), wanted: null);

        Assert.Null(report.Picked);
        Assert.Equal(reason, report.Reason);
        var rejected = Assert.Single(report.Rejected);
        Assert.Equal(name, rejected.Name);
        Assert.StartsWith(reason + ": ", rejected.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fixture_is_expected_something_of()
    {
        var expected = Read.Select(row => row.Data.Item1)
            .Concat(ReadWithoutLatency.Select(row => row.Data.Item1)).Concat(NotRead.Select(row => row.Data.Item1));

        Assert.Equal(
            typeof(ProfileFixtureTests).Assembly.GetManifestResourceNames()
                .Where(name => name.EndsWith(".txt", StringComparison.Ordinal))
                .Select(name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal),
            expected.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_of_the_table_has_a_fixture() =>
        Assert.Equal(
            ProfileTable.Names.Order(StringComparer.Ordinal),
            Read.Select(row => row.Data.Item2).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("podinfo", "healthz metrics readyz")]
    [InlineData("spring-summary", "/actuator/health /actuator/prometheus")]
    [InlineData("django", "healthz prometheus-django-metrics")]
    [InlineData("grpc", "grpc.health.v1.Health")]
    [InlineData("opentelemetry-aspnet", "/health/ready /metrics")]
    public void Probes_and_scrapes_are_no_traffic(string fixture, string routes) =>
        Assert.Equal(routes.Split(' '), Reading(fixture).ExcludedRoutes);

    [Theory]
    [InlineData("spring-summary", "UNKNOWN UNKNOWN")]
    [InlineData("istio", "0")]
    public void A_status_that_is_not_understood_is_told(string fixture, string status) =>
        Assert.Equal(status, Assert.Single(Reading(fixture).UnknownStatuses));

    /// <summary>Quantiles are no counters; their fall is no reset of the counters beside them.</summary>
    [Fact]
    public void A_quantile_that_falls_resets_nothing()
    {
        var families = Families("spring-summary");
        var fallen = ImmutableArray.CreateRange(families, family => family with
        {
            Samples = ImmutableArray.CreateRange(family.Samples, sample =>
                sample.Labels["quantile"] is null ? sample : sample with { Value = sample.Value / 2 }),
        });

        Assert.Equal(0, Increase(families, fallen).Canary[0].Requests);
    }

    /// <summary>What the judge counts between a scrape of zeros and the fixture is what the reading shows.</summary>
    private static RequestReading AssertRead(
        string fixture, string profile, double requests, double errors, double clientErrors)
    {
        var families = Families(fixture);
        Assert.Equal(profile, ProfileDetection.Detect(families, wanted: null)?.Name);
        Assert.Equal(profile, ProfileDetection.Detect(families, wanted: profile)?.Name);
        var reading = Reading(fixture);
        Assert.Equal((requests, errors, clientErrors), (reading.Requests, reading.Errors, reading.ClientErrors));
        var increase = Assert.Single(Increase(fixture).Canary);
        Assert.Equal((requests, errors, clientErrors), (increase.Requests, increase.Errors, increase.ClientErrors));
        return reading;
    }

    private static RequestReading Reading(string fixture)
    {
        var families = Families(fixture);
        return RequestReading.Of(families, ProfileDetection.Detect(families, wanted: null)!, Spec.ExcludedRoutes);
    }

    private static EvidenceInterval Increase(string fixture)
    {
        var families = Families(fixture);
        var zeros = ImmutableArray.CreateRange(families, family => family with
        {
            Samples = ImmutableArray.CreateRange(family.Samples, sample => sample with { Value = 0 }),
        });
        return Increase(zeros, families);
    }

    private static EvidenceInterval Increase(
        ImmutableArray<MetricFamily> before, ImmutableArray<MetricFamily> after)
    {
        var start = DateTimeOffset.UnixEpoch;
        return PodLedger.Empty
            .Observe(Round(start, before), Spec)
            .Observe(Round(start.AddSeconds(5), after), Spec)
            .Close(start.AddSeconds(5), Spec).Interval;
    }

    private static ScrapeRound Round(DateTimeOffset at, ImmutableArray<MetricFamily> families) => new(at, 0,
    [
        new PodScrape
        {
            Pod = "p",
            Arm = Arm.Canary,
            ReadyAt = DateTimeOffset.UnixEpoch.AddHours(-1),
            Metrics = new MetricsScrape.Answered(families),
            Health = HealthProbe.Unknown,
        },
    ]);

    private static ImmutableArray<MetricFamily> Families(string fixture)
    {
        using var stream = typeof(ProfileFixtureTests).Assembly.GetManifestResourceStream(fixture + ".txt")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Assert.IsType<ExpositionResult.Read>(ExpositionReader.Read(bytes.ToArray())).Families;
    }
}

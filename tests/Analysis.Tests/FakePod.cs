using System.Collections.Immutable;
using System.Globalization;

using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests;

/// <summary>A pod that counts requests as the OpenTelemetry conventions say; mutable, driven by a test.</summary>
internal sealed class FakePod(string name, Arm arm)
{
    private static readonly double[] Bounds = [.005, .01, .025, .05, .1, .25, .5, 1];
    private readonly SortedDictionary<(string Status, string Route), double[]> _series = [];

    public string Name => name;

    public Arm Arm => arm;

    public DateTimeOffset? ReadyAt { get; set; } = DateTimeOffset.UnixEpoch.AddHours(-1);

    public int RestartCount { get; set; }

    public bool InCrashLoop { get; set; }

    public int OutOfMemoryKills { get; set; }

    public HealthProbe Health { get; set; } = HealthProbe.Pass;

    /// <summary>What the scrape gives in place of the counters; null for the counters.</summary>
    public MetricsScrape? Instead { get; set; }

    /// <summary>Serves requests that take <paramref name="seconds"/> each.</summary>
    public FakePod Serve(int requests, string status = "200", double seconds = .02, string route = "/api/items")
    {
        if (!_series.TryGetValue((status, route), out var buckets))
        {
            _series[(status, route)] = buckets = new double[Bounds.Length + 1];
        }

        for (var i = 0; i < buckets.Length; i++)
        {
            buckets[i] += i == Bounds.Length || seconds <= Bounds[i] ? requests : 0;
        }

        return this;
    }

    /// <summary>The process starts anew: counters are gone.</summary>
    public void Restart()
    {
        _series.Clear();
        RestartCount++;
    }

    public PodScrape Scrape() => new()
    {
        Pod = name,
        Arm = arm,
        ReadyAt = ReadyAt,
        RestartCount = RestartCount,
        InCrashLoop = InCrashLoop,
        OutOfMemoryKills = OutOfMemoryKills,
        Metrics = Instead ?? new MetricsScrape.Answered(Families()),
        Health = Health,
    };

    public static MetricFamily Other { get; } =
        new("process_cpu_seconds", MetricType.Counter, "", [new Sample("process_cpu_seconds_total", Labels.None, 1)]);

    private ImmutableArray<MetricFamily> Families()
    {
        var samples = ImmutableArray.CreateBuilder<Sample>();
        foreach (var ((status, route), buckets) in _series)
        {
            ImmutableArray<Label> labels = [new("http_response_status_code", status), new("http_route", route)];
            for (var i = 0; i < buckets.Length; i++)
            {
                var bound = i == Bounds.Length ? "+Inf" : Bounds[i].ToString(CultureInfo.InvariantCulture);
                samples.Add(
                    new Sample("http_server_request_duration_seconds_bucket",
                        new Labels(labels.Add(new Label("le", bound))), buckets[i]));
            }

            samples.Add(new Sample("http_server_request_duration_seconds_count", new Labels(labels), buckets[^1]));
        }

        return samples.Count == 0
            ? [Other]
            : [Other,
                new MetricFamily(
                    "http_server_request_duration_seconds", MetricType.Histogram, "", samples.ToImmutable())];
    }
}

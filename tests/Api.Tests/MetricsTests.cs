using System.Text;
using Rollouts.Api.Tests.Hosting;
using Rollouts.Exposition;

namespace Rollouts.Api.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Request_metrics_have_the_stable_names_labels_and_buckets()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.GetStatusAsync("/api/items");
        using var response = await api.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var read = Assert.IsType<ExpositionResult.Read>(
            ExpositionReader.Read(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));

        var family = read.Families.Single(family => family.Name == "http_server_request_duration_seconds");
        Assert.Equal(MetricType.Histogram, family.Type);
        Assert.Equal(
            [
                "0.005",
                "0.01",
                "0.025",
                "0.05",
                "0.075",
                "0.1",
                "0.25",
                "0.5",
                "0.75",
                "1",
                "2.5",
                "5",
                "7.5",
                "10",
                "+Inf",
            ],
            family
                .Samples.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal))
                .Select(sample => sample.Labels["le"]));
        var count = family.Samples.Single(sample => sample.Name.EndsWith("_count", StringComparison.Ordinal));
        Assert.Equal(
            [
                "http_request_method=GET",
                "http_response_status_code=200",
                "http_route=/api/items",
                "network_protocol_version=1.1",
                "url_scheme=http",
            ],
            count.Labels.All.Select(label => $"{label.Name}={label.Value}"));
        string[] expected =
        [
            "app_info",
            "demo_fault_active",
            "http_server_active_requests",
            "http_server_response_body_size_bytes",
            "items_served_total",
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
            "process_start_time_seconds",
        ];
        Assert.Subset(read.Families.Select(one => one.Name).ToHashSet(), expected.ToHashSet());
    }

    [Fact]
    public async Task Open_metrics_are_given_to_whoever_accepts_them()
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync(
            "GET",
            "/metrics",
            headers: "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var contentType = response.Content.Headers.ContentType?.ToString();

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", contentType);
        var read = Assert.IsType<ExpositionResult.Read>(ExpositionReader.Read(body, contentType));
        Assert.Contains(read.Families, family => family is { Name: "items_served", Type: MetricType.Counter });
    }

    [Fact]
    public async Task Probes_and_scrapes_leave_no_trace_in_request_metrics()
    {
        await using var api = await ApiInstance.StartAsync();
        string[] paths =
        [
            "/health/live",
            "/health/ready",
            "/health/startup",
            "/livez",
            "/health",
            "/metrics",
            "/demo/faults",
        ];
        foreach (var path in paths)
        {
            await api.GetStatusAsync(path);
        }

        var metrics = await api.GetTextAsync("/metrics");
        Assert.DoesNotContain("http_server_request_duration_seconds", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("http_server_response_body_size_bytes", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("http_server_active_requests", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_paths_and_item_numbers_do_not_become_series()
    {
        await using var api = await ApiInstance.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await api.GetStatusAsync($"/nowhere/{i}");
            await api.GetStatusAsync($"/api/items/{i}");
        }

        var routes = (await api.GetTextAsync("/metrics")).Split('\n')
            .Where(line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal));
        Assert.Equal(3, routes.Count());
    }

    [Fact]
    [Trait("Requires", "promtool")]
    public async Task Promtool_finds_nothing_to_complain_about()
    {
        var promtool = Tool.Find("promtool");
        await using var api = await ApiInstance.StartAsync();
        await api.GetStatusAsync("/api/items");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, await api.GetTextAsync("/metrics"), TestContext.Current.CancellationToken);
        var (exitCode, output) = await ChildProcess.RunAsync("sh", ["-c", $"'{promtool}' check metrics < '{file}'"]);
        File.Delete(file);

        Assert.Equal((0, ""), (exitCode, output));
    }

    [Fact]
    public async Task A_body_size_is_counted_in_both_directions()
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync(
            "POST",
            "/echo",
            new StringBuilder().Append('x', 5000).ToString(),
            "text/plain");

        Assert.Equal(0, await api.MetricAsync("http_server_request_body_size_bytes_bucket{le=\"1000\"}"));
        Assert.Equal(1, await api.MetricAsync("http_server_request_body_size_bytes_bucket{le=\"10000\"}"));
        Assert.Equal(1, await api.MetricAsync("http_server_response_body_size_bytes_count"));
    }
}

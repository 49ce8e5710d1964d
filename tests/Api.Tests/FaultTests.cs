using System.Diagnostics;
using System.Net;
using Rollouts.Api.Tests.Hosting;
using Rollouts.Exposition;

namespace Rollouts.Api.Tests;

public sealed class FaultTests
{
    [Fact]
    public async Task An_error_fault_fails_its_share_with_its_status_and_counts_as_such()
    {
        await using var api = await ApiInstance.StartAsync("DEMO_FAULT_ERROR=ratio=0.2,status=503");
        var failed = 0;
        for (var i = 0; i < 500; i++)
        {
            failed += await api.GetStatusAsync("/api/items") == HttpStatusCode.ServiceUnavailable ? 1 : 0;
        }

        // 100 expected; five standard deviations are 45.
        Assert.InRange(failed, 55, 145);
        var counted = await api.MetricAsync(
            "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"503\","
            + "http_route=\"/api/items\",network_protocol_version=\"1.1\",url_scheme=\"http\"}");
        Assert.Equal(failed, counted);
    }

    [Fact]
    public async Task The_same_seed_fails_the_same_requests()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var api = await ApiInstance.StartAsync(
                "DEMO_SEED=42",
                "DEMO_FAULT_ERROR=ratio=0.5,status=500|502");
            var statuses = "";
            for (var i = 0; i < 30; i++)
            {
                statuses += $"{(int)await api.GetStatusAsync("/api/version")} ";
            }

            runs.Add(statuses);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.Contains("500", runs[0], StringComparison.Ordinal);
        Assert.Contains("502", runs[0], StringComparison.Ordinal);
        Assert.Contains("200", runs[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_requests_spare_probes_metrics_health_and_the_switches()
    {
        await using var api = await ApiInstance.StartAsync("DEMO_FAULT_ERROR=ratio=1", "DEMO_FAULT_SLOW=ms=10");
        string[] spared =
        [
            "/health/live",
            "/health/ready",
            "/health/startup",
            "/health",
            "/metrics",
            "/demo/faults",
            "/demo",
            "/openapi.json",
            "/demo/faults/history",
            "/",
        ];
        foreach (var path in spared)
        {
            Assert.True(await api.GetStatusAsync(path) == HttpStatusCode.OK, path);
        }

        string[] hit = ["/api/items", "/api/items/1", "/api/version", "/api/info", "/echo"];
        foreach (var path in hit)
        {
            Assert.True(await api.GetStatusAsync(path) == HttpStatusCode.InternalServerError, path);
        }
    }

    [Fact]
    public async Task A_slow_fault_delays_by_what_was_said()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.GetStatusAsync("/api/items");
        await api.SwitchOnAsync("slow", """{"ms":200,"jitterMs":100}""");
        var watch = Stopwatch.StartNew();
        await api.GetStatusAsync("/api/items");

        Assert.InRange(watch.ElapsedMilliseconds, 195, 2000);
    }

    [Fact]
    public async Task A_hanging_pod_answers_probes_but_neither_traffic_nor_health_until_the_fault_ends()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync("hang");
        var items = api.GetStatusAsync("/api/items");
        var health = api.GetStatusAsync("/health");

        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/ready"));
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(items.IsCompleted || health.IsCompleted);
        using var off = await api.SendAsync("DELETE", "/demo/faults/hang");
        Assert.Equal(HttpStatusCode.OK, await items);
        Assert.Equal(HttpStatusCode.OK, await health);
    }

    [Fact]
    public async Task A_hanging_pod_still_ends_when_it_is_told_to()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync("hang");
        var items = api.GetStatusAsync("/api/items");
        await Until.TrueAsync(async () => await api.MetricAsync("http_server_active_requests") == 1, "it hangs");
        var watch = Stopwatch.StartNew();
        await api.App.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, await items);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5000);
    }

    [Fact]
    public async Task A_fault_ends_by_itself_when_its_duration_is_over()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync("error", """{"durationSeconds":1}""");

        Assert.Equal(HttpStatusCode.InternalServerError, await api.GetStatusAsync("/api/items"));
        await Until.TrueAsync(
            async () => await api.GetStatusAsync("/api/items") == HttpStatusCode.OK,
            "the fault ended");
        Assert.Empty((await api.GetJsonAsync("/demo/faults"))["faults"]!.AsArray());
        Assert.Equal(0, await api.MetricAsync("demo_fault_active{fault=\"error\"}"));
    }

    [Theory]
    [InlineData("unready", "/health/ready", "/health/live")]
    [InlineData("unhealthy", "/health/live", "/health/ready")]
    public async Task A_probe_fault_fails_its_probe_and_no_other(string kind, string failing, string passing)
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync(kind);

        Assert.Equal($"not ok: demo fault '{kind}'\n", await api.GetTextAsync(failing));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await api.GetStatusAsync(failing));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync(passing));
        Assert.Equal(
            kind == "unhealthy" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK,
            await api.GetStatusAsync("/health"));
    }

    [Fact]
    public async Task Missing_metrics_are_404_and_garbage_is_no_exposition()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync("metrics-missing");
        Assert.Equal(HttpStatusCode.NotFound, await api.GetStatusAsync("/metrics"));
        using var off = await api.SendAsync("DELETE", "/demo/faults/metrics-missing");

        await api.SwitchOnAsync("metrics-garbage");
        using var response = await api.GetAsync("/metrics");
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.IsType<ExpositionResult.Malformed>(ExpositionReader.Read(body));
    }

    [Fact]
    public async Task A_counter_reset_starts_the_counters_again_from_zero()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.GetStatusAsync("/api/items/1");
        const string Shoes = "items_served_total{category=\"Casual Shoes\"}";
        Assert.Equal(1, await api.MetricAsync(Shoes));

        await api.SwitchOnAsync("counter-reset");

        await Until.TrueAsync(async () => await api.MetricAsync(Shoes) == 0, "the counters are reset");
        await api.GetStatusAsync("/api/items/1");
        Assert.Equal(1, await api.MetricAsync(Shoes));
    }

    [Fact]
    public async Task A_class_drift_shifts_the_mix_to_its_category()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync("class-drift", """{"category":"Tops","ratio":0.5}""");
        for (var i = 0; i < 40; i++)
        {
            await api.GetStatusAsync("/api/items?limit=25");
        }

        // Half plus a fifth of the other half: 600 of 1,000; six standard deviations are 93.
        Assert.InRange((await api.MetricAsync("items_served_total{category=\"Tops\"}"))!.Value, 507, 693);
    }

    [Fact]
    public async Task A_crash_ends_the_process_after_its_time()
    {
        await using var api = await ApiInstance.StartAsync("DEMO_FAULT_CRASH=afterSeconds=0.5");

        Assert.False(api.Crash.IsCompleted);
        Assert.Equal(
            "demo fault 'crash' is switched on",
            await api.Crash.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_memory_fault_holds_up_to_its_cap_and_gives_back()
    {
        await using var api = await ApiInstance.StartAsync();
        const string Resident = "process_resident_memory_bytes";
        var before = await api.MetricAsync(Resident);
        await api.SwitchOnAsync("memory", """{"mbPerSecond":1000,"capMb":150}""");

        await Until.TrueAsync(async () => await api.MetricAsync(Resident) - before > 120e6, "150 MB are held");
        using var off = await api.SendAsync("DELETE", "/demo/faults");
        await Until.TrueAsync(async () => await api.MetricAsync(Resident) - before < 80e6, "they are given back");
    }

    [Fact]
    public async Task A_cpu_fault_burns_and_stops()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync("cpu", """{"cores":0.5,"duty":1}""");
        var before = await api.MetricAsync("process_cpu_seconds_total");

        await Until.TrueAsync(
            async () => await api.MetricAsync("process_cpu_seconds_total") - before > 0.3, "0.3 s are burnt");
        using var off = await api.SendAsync("DELETE", "/demo/faults/cpu");
        Assert.Equal(0, await api.MetricAsync("demo_fault_active{fault=\"cpu\"}"));
    }

    [Fact]
    public async Task A_switch_for_another_version_is_misdirected_when_nobody_can_be_told()
    {
        await using var api = await ApiInstance.StartAsync("APP_VERSION=v1");
        using var wrong = await api.SendAsync("PUT", "/demo/faults/error", """{"onlyVersion":"v2"}""");
        using var right = await api.SendAsync("PUT", "/demo/faults/error", """{"onlyVersion":"v1"}""");

        Assert.Equal((421, 200), ((int)wrong.StatusCode, (int)right.StatusCode));
        Assert.Equal(
            "This is pod sample-1 of version v1: the switch is for another. Ask again.",
            (await wrong.JsonAsync()).Text("detail"));
    }

    [Fact]
    public async Task A_fault_of_the_environment_is_shown_only_by_the_version_it_names()
    {
        await using var stable = await ApiInstance.StartAsync("APP_VERSION=v1", "DEMO_FAULT_ERROR=onlyVersion=v2");
        await using var canary = await ApiInstance.StartAsync("APP_VERSION=v2", "DEMO_FAULT_ERROR=onlyVersion=v2");

        Assert.Equal(HttpStatusCode.OK, await stable.GetStatusAsync("/api/items"));
        Assert.Equal(HttpStatusCode.InternalServerError, await canary.GetStatusAsync("/api/items"));
        Assert.False((await stable.GetJsonAsync("/demo/faults"))["faults"]![0]!["onThisPod"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("error", """{"ratio":1.01}""", "ratio is '1.01': it must be a number from 0 to 1")]
    [InlineData("error", """{"ratio":"NaN"}""", "ratio is 'NaN': it must be a number from 0 to 1")]
    [InlineData("error", """{"status":[500,200]}""", "status is '200': it must be a code from 400 to 599, or several")]
    [InlineData(
        "error",
        """{"ms":1}""",
        "error takes no 'ms'; it takes ratio=1,status=500,durationSeconds=,onlyVersion=,onlyPod=")]
    [InlineData("cpu", """{"cores":3}""", "cores is '3': it must be a number from 0.1 to 2")]
    [InlineData("memory", """{"capMb":257}""", "capMb is '257': it must be a number from 1 to 256")]
    [InlineData(
        "slow",
        """{"durationSeconds":3601}""",
        "durationSeconds is '3601': it must be a number from 1 to 3600")]
    [InlineData("slow", """{"durationSeconds":0.5}""", "durationSeconds is '0.5': it must be a number from 1 to 3600")]
    [InlineData(
        "class-drift",
        """{"category":"Hats"}""",
        "category is 'Hats': it must be one of Casual Shoes, Handbags, Shirts, Tops, Watches")]
    [InlineData("slow", "[]", "the body is not a JSON object")]
    public async Task A_wrong_switch_is_refused_with_the_bound_and_changes_nothing(
        string kind,
        string body,
        string detail)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync("PUT", $"/demo/faults/{kind}", body);

        Assert.Equal((400, detail), ((int)response.StatusCode, (await response.JsonAsync()).Text("detail")));
        Assert.Empty((await api.GetJsonAsync("/demo/faults"))["faults"]!.AsArray());
    }

    [Fact]
    public async Task All_problems_of_a_switch_are_listed_at_once()
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync("PUT", "/demo/faults/slow", """{"ms":-1,"ratio":2}""");

        Assert.Equal(2, (await response.JsonAsync())["errors"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("ratio=1")]
    public async Task A_body_that_is_no_json_is_refused(string body)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync("PUT", "/demo/faults/error", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(
            "the body is not JSON",
            (await response.JsonAsync()).Text("detail"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/demo/faults/flood")]
    [InlineData("DELETE", "/demo/faults/flood")]
    public async Task An_unknown_fault_is_404_and_the_known_ones_are_listed(string method, string path)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync(method, path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(
            "There is no fault 'flood'; there are error, slow, cpu, memory, crash, hang, unready, unhealthy, "
            + "metrics-missing, metrics-garbage, counter-reset, class-drift.",
            (await response.JsonAsync()).Text("detail"));
    }

    [Theory]
    [InlineData("PUT", "/demo/faults/error")]
    [InlineData("DELETE", "/demo/faults/error")]
    [InlineData("DELETE", "/demo/faults")]
    [InlineData("GET", "/demo/slow")]
    [InlineData("GET", "/demo/error")]
    [InlineData("GET", "/demo/cpu")]
    [InlineData("POST", "/demo/memory")]
    public async Task Nothing_can_be_switched_while_faults_are_off_or_without_the_token(string method, string path)
    {
        await using var off = await ApiInstance.StartAsync("DEMO_FAULTS_ENABLED=false");
        await using var guarded = await ApiInstance.StartAsync("DEMO_TOKEN=s3cret");
        using var refused = await off.SendAsync(method, path);
        using var unknown = await guarded.SendAsync(method, path);
        using var wrong = await guarded.SendAsync(method, path, headers: "Authorization: Bearer S3cret");
        using var known = await guarded.SendAsync(
            method,
            path.Replace("/cpu", "/cpu?seconds=0", StringComparison.Ordinal),
            headers: "Authorization: Bearer s3cret");

        Assert.Equal((403, 401, 401), ((int)refused.StatusCode, (int)unknown.StatusCode, (int)wrong.StatusCode));
        Assert.Equal("Bearer", unknown.Header("WWW-Authenticate"));
        Assert.Equal(path == "/demo/error" ? 500 : 200, (int)known.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_origin_may_not_switch()
    {
        await using var api = await ApiInstance.StartAsync();
        using var foreign = await api.SendAsync(
            "POST",
            "/demo/faults/error",
            "switch=on",
            "application/x-www-form-urlencoded",
            "Origin: https://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/api/items"));
    }

    [Fact]
    public async Task Who_switched_what_and_until_when_stands_in_the_history_newest_first()
    {
        await using var api = await ApiInstance.StartAsync();
        using var on = await api.SendAsync(
            "PUT", "/demo/faults/slow", """{"ms":5,"durationSeconds":60}""", headers: "X-User: ann@example.org");
        using var off = await api.SendAsync("DELETE", "/demo/faults", headers: "X-User: <bob>");
        using var again = await api.SendAsync("DELETE", "/demo/faults/slow");
        var history = await api.GetJsonAsync("/demo/faults/history");
        var records = history["records"]!.AsArray();

        Assert.Equal("memory", history.Text("source"));
        Assert.Equal(["off", "on"], records.Select(record => record!.Text("action")));
        Assert.Equal("127.0.0.1", records[0]!.Text("by"));
        Assert.Equal("ann@example.org (127.0.0.1)", records[1]!.Text("by"));
        Assert.Equal("jitterMs=0,ms=5,ratio=1", records[1]!.Text("what"));
        var lasts = records[1]!["until"]!.GetValue<DateTimeOffset>() - records[1]!["at"]!.GetValue<DateTimeOffset>();
        Assert.InRange(lasts, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
    }
}

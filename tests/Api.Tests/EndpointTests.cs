using System.Net;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/live")]
    [InlineData("/livez")]
    [InlineData("/healthz")]
    [InlineData("/health/ready")]
    [InlineData("/ready")]
    [InlineData("/readyz")]
    [InlineData("/health/startup")]
    public async Task A_probe_answers_one_word_and_is_not_cached(string path)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("ok\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task The_version_is_that_of_the_build_and_every_answer_names_version_pod_and_time()
    {
        await using var api = await ApiInstance.StartAsync(
            "APP_VERSION=v2",
            "APP_BUILD=17",
            "APP_COMMIT=3f2c1ab",
            "APP_BUILD_DATE=2026-11-20",
            "APP_ENVIRONMENT=test");
        using var response = await api.GetAsync("/api/version");

        Assert.Equal(
            """{"version":"v2","buildNumber":"17","commit":"3f2c1ab","buildDate":"2026-11-20","environment":"test"}""",
            (await response.JsonAsync()).Compact());
        Assert.Equal(("v2", "sample-1"), (response.Header("X-Version"), response.Header("X-Pod")));
        Assert.Matches(@"^\d+\.\dms$", response.Header("X-Response-Time"));
    }

    [Theory]
    [InlineData("abc-123_.:Z", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("<script>", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public async Task A_harmless_request_id_is_kept_and_any_other_is_replaced(string offered, bool isKept)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync("GET", "/api/version", headers: $"X-Request-ID: {offered}");

        var id = response.Header("X-Request-ID");
        Assert.Equal(isKept, id == offered);
        Assert.Matches(isKept ? "." : "^[0-9a-f]{16}$", id);
    }

    [Fact]
    public async Task The_instance_tells_pod_node_and_the_labels_of_the_downward_api()
    {
        var labels = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            labels,
            "app=\"sample\"\nrollouts-pod-template-hash=\"6f9c\"\nrole=\"canary\"\n",
            TestContext.Current.CancellationToken);
        await using var api = await ApiInstance.StartAsync(
            $"POD_LABELS_FILE={labels}", "NODE_NAME=node-1", "POD_NAMESPACE=shop");
        var info = await api.GetJsonAsync("/api/info");
        File.Delete(labels);

        Assert.Equal(
            ("6f9c", "canary", "node-1", "shop", "sample-1"),
            (
                info.Text("rolloutHash"),
                info.Text("rolloutRole"),
                info.Text("node"),
                info.Text("namespace"),
                info.Text("pod")));
        Assert.InRange(info["uptimeSeconds"]!.GetValue<double>(), 0, 60);
        Assert.StartsWith(".NET 10", info.Text("runtime"), StringComparison.Ordinal);
        Assert.Null((await api.GetJsonAsync("/api/info"))["rolloutHash"]);
    }

    [Fact]
    public async Task Items_are_drawn_with_the_catalogues_mix_and_counted_by_category()
    {
        await using var api = await ApiInstance.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            var answer = await api.GetJsonAsync("/api/items?limit=25");
            Assert.Equal((25, 25), (answer["items"]!.AsArray().Count, answer["total"]!.GetValue<int>()));
        }

        // Five categories of five items: 500 of 2,500 each; six standard deviations are 120.
        foreach (var category in new[] { "Casual Shoes", "Handbags", "Shirts", "Tops", "Watches" })
        {
            var served = await api.MetricAsync($"items_served_total{{category=\"{category}\"}}");
            Assert.InRange(served!.Value, 380, 620);
        }
    }

    [Fact]
    public async Task One_category_can_be_asked_for()
    {
        await using var api = await ApiInstance.StartAsync();
        var answer = await api.GetJsonAsync("/api/items?category=Watches");

        Assert.Equal(5, answer["total"]!.GetValue<int>());
        Assert.All(answer["items"]!.AsArray(), item => Assert.Equal("Watches", item!.Text("category")));
    }

    [Fact]
    public async Task One_item_is_found_by_its_number()
    {
        await using var api = await ApiInstance.StartAsync();

        Assert.Equal(
            """{"id":3,"name":"Trail slip-on","category":"Casual Shoes","priceCents":5990}""",
            await api.GetTextAsync("/api/items/3"));
    }

    [Theory]
    [InlineData("GET", "/api/items?limit=0", 400, "limit is '0': it must be a whole number from 1 to 25.")]
    [InlineData("GET", "/api/items?limit=26", 400, "limit is '26': it must be a whole number from 1 to 25.")]
    [InlineData("GET", "/api/items?limit=x", 400, "limit is 'x': it must be a whole number from 1 to 25.")]
    [InlineData(
        "GET",
        "/api/items?category=Hats",
        400,
        "category is 'Hats': it must be one of Casual Shoes, Handbags, Shirts, Tops, Watches.")]
    [InlineData("GET", "/api/items/26", 404, "There is no item '26'.")]
    [InlineData("GET", "/api/items/x", 404, "There is no item 'x'.")]
    [InlineData("GET", "/nowhere", 404, "There is nothing at /nowhere.")]
    [InlineData("GET", "/health/db", 404, "postgresql is not configured.")]
    [InlineData("GET", "/health/redis", 404, "redis is not configured.")]
    [InlineData("POST", "/api/items", 405, "POST /api/items is not possible; possible: GET, HEAD.")]
    [InlineData("DELETE", "/health", 405, "DELETE /health is not possible; possible: GET, HEAD.")]
    [InlineData("PUT", "/metrics", 405, "PUT /metrics is not possible; possible: GET, HEAD.")]
    [InlineData("POST", "/health/live", 405, "POST /health/live is not possible; possible: GET, HEAD.")]
    [InlineData(
        "PATCH",
        "/demo/faults/slow",
        405,
        "PATCH /demo/faults/slow is not possible; possible: DELETE, POST, PUT.")]
    public async Task What_is_not_possible_is_explained_as_a_problem(
        string method,
        string path,
        int status,
        string detail)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync(method, path, headers: "X-Request-ID: r1");
        var problem = await response.JsonAsync();

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((status, status, detail, "about:blank", "r1"), (
            (int)response.StatusCode,
            problem["status"]!.GetValue<int>(),
            problem.Text("detail"),
            problem.Text("type"),
            problem.Text("requestId")));
    }

    [Fact]
    public async Task Echo_shows_the_request_without_its_secrets()
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.SendAsync(
            "POST",
            "/echo?b=2&a=1",
            "hello",
            "text/plain",
            "X-Color: blue",
            "Authorization: Bearer secret",
            "Cookie: a=b");
        var echo = await response.JsonAsync();

        Assert.Equal(("POST", "/echo", "hello"), (echo.Text("method"), echo.Text("path"), echo.Text("body")));
        Assert.Equal("""{"a":"1","b":"2"}""", echo["query"]!.Compact());
        Assert.Equal("blue", echo["headers"]!.Text("X-Color"));
        Assert.DoesNotContain("secret", echo.Compact(), StringComparison.Ordinal);
        Assert.Null(echo["headers"]!["Cookie"]);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_answered_413_and_one_at_the_limit_is_not()
    {
        await using var api = await ApiInstance.StartAsync("MAX_REQUEST_BODY_BYTES=10");
        using var fits = await api.SendAsync("POST", "/echo", "0123456789", "text/plain");
        using var exceeds = await api.SendAsync("POST", "/echo", "0123456789A", "text/plain");

        Assert.Equal((200, 413), ((int)fits.StatusCode, (int)exceeds.StatusCode));
        Assert.Equal("Payload Too Large", (await exceeds.JsonAsync()).Text("title"));
    }

    [Fact]
    public async Task A_request_over_the_time_limit_is_answered_504()
    {
        await using var api = await ApiInstance.StartAsync("REQUEST_TIMEOUT_SECONDS=1");
        using var response = await api.GetAsync("/demo/slow?ms=5000");

        Assert.Equal(504, (int)response.StatusCode);
        Assert.Equal("No answer within 1 s.", (await response.JsonAsync()).Text("detail"));
    }

    [Fact]
    public async Task Browsers_go_to_the_documentation_and_programs_get_links()
    {
        await using var api = await ApiInstance.StartAsync();
        using var browser = await api.SendAsync("GET", "/", headers: "Accept: text/html,*/*;q=0.8");
        var links = await api.GetJsonAsync("/");

        Assert.Equal((302, "/docs"), ((int)browser.StatusCode, browser.Headers.Location?.ToString()));
        Assert.Equal(("sample-api", "v1"), (links.Text("name"), links.Text("version")));
        foreach (var (name, path) in links["links"]!.AsObject())
        {
            Assert.True(
                await api.GetStatusAsync(path!.GetValue<string>())
                    is HttpStatusCode.OK
                        or HttpStatusCode.MovedPermanently,
                name);
        }
    }

    [Theory]
    [InlineData("/docs/index.html", "swagger-ui")]
    [InlineData("/redoc/index.html", "spec-url=\"/openapi.json\"")]
    public async Task Documentation_comes_from_the_program_and_may_fetch_nothing_from_elsewhere(
        string path,
        string mark)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.GetAsync(path);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains(mark, page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'self'", response.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://shop.example", "https://shop.example", "https://shop.example")]
    [InlineData("https://shop.example", "https://evil.example", "")]
    [InlineData("*", "https://any.example", "*")]
    [InlineData("", "https://shop.example", "")]
    public async Task Other_origins_are_allowed_as_configured(string allowed, string origin, string answered)
    {
        await using var api = await ApiInstance.StartAsync($"CORS_ORIGINS={allowed}");
        using var response = await api.SendAsync("GET", "/api/version", headers: $"Origin: {origin}");

        Assert.Equal(answered, response.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/api/version")]
    [InlineData("/api/items")]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/openapi.json")]
    [InlineData("/api/items/99")]
    [InlineData("/metrics")]
    [InlineData("/demo")]
    [InlineData("/demo/page.css")]
    [InlineData("/demo/page.js")]
    [InlineData("/demo/faults")]
    [InlineData("/demo/faults/history")]
    public async Task Head_has_the_headers_of_get_and_no_body(string path)
    {
        await using var api = await ApiInstance.StartAsync();
        using var head = await api.SendAsync("HEAD", path);
        using var get = await api.GetAsync(path);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_caller_can_ask_for_a_new_connection_so_that_a_service_chooses_anew()
    {
        await using var api = await ApiInstance.StartAsync();
        using var asked = await api.SendAsync("GET", "/api/items", headers: "X-New-Connection: 1");
        using var other = await api.SendAsync("GET", "/api/items");

        Assert.Equal((true, null), (asked.Headers.ConnectionClose, other.Headers.ConnectionClose));
    }

    [Fact]
    public async Task A_caller_that_goes_away_is_counted_as_499_and_not_as_an_error()
    {
        await using var api = await ApiInstance.StartAsync();
        await api.SwitchOnAsync("hang");
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => api.Http.GetAsync(new Uri("/api/items", UriKind.Relative), impatient.Token));

        await Until.TrueAsync(
            async () => (await api.GetTextAsync("/metrics")).Contains(
                "http_response_status_code=\"499\",http_route=\"/api/items\"", StringComparison.Ordinal),
            "499 is counted");
        Assert.DoesNotContain("code=\"500\"", await api.GetTextAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_instances_in_one_process_know_nothing_of_each_other()
    {
        await using var one = await ApiInstance.StartAsync("APP_VERSION=v1");
        await using var other = await ApiInstance.StartAsync("APP_VERSION=v2", "DEMO_FAULT_ERROR=ratio=1");

        Assert.Equal(HttpStatusCode.OK, await one.GetStatusAsync("/api/items"));
        Assert.Equal(HttpStatusCode.InternalServerError, await other.GetStatusAsync("/api/items"));
        Assert.DoesNotContain("code=\"500\"", await one.GetTextAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains(
            "app_info{revision=\"\",version=\"v2\"} 1\n",
            await other.GetTextAsync("/metrics"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_has_the_shape_of_the_draft_and_names_what_runs()
    {
        await using var api = await ApiInstance.StartAsync("APP_COMMIT=abc");
        using var well = await api.GetAsync("/health");
        var health = await well.JsonAsync();
        await api.SwitchOnAsync("slow", """{"ms":0}""");
        var warned = await api.GetJsonAsync("/health");

        Assert.Equal("application/health+json", well.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            ("pass", "v1", "v1+abc"),
            (health.Text("status"), health.Text("version"), health.Text("releaseId")));
        Assert.Equal(
            ["faults:active", "memory:resident", "uptime:duration"],
            health["checks"]!.AsObject().Select(check => check.Key));
        Assert.Equal("warn", warned.Text("status"));
        Assert.Equal("slow", warned["checks"]!["faults:active"]![0]!.Text("output"));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/"));
    }

    [Fact]
    public async Task Startup_and_ready_say_no_while_starting_and_live_says_yes()
    {
        await using var api = await ApiInstance.StartAsync("STARTUP_DELAY_SECONDS=2");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await api.GetStatusAsync("/health/startup"));
        Assert.Matches(@"^not ok: starting for another [12] s\n$", await api.GetTextAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/live"));
        await Until.TrueAsync(async () => await api.GetStatusAsync("/readyz") == HttpStatusCode.OK, "ready");
    }

    [Fact]
    public async Task Draining_keeps_answering_while_not_ready()
    {
        await using var api = await ApiInstance.StartAsync("DRAIN_SECONDS=2");
        var stopping = api.App.StopAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync(
            async () => await api.GetStatusAsync("/readyz") == HttpStatusCode.ServiceUnavailable,
            "draining");

        Assert.Equal("not ok: draining\n", await api.GetTextAsync("/readyz"));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/api/items"));
        await stopping;
    }
}

using System.Net;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests.Servers;

/// <summary>
/// Over a real PostgreSQL and a real Redis, shared by the tests of this class, which run one after the other.
/// </summary>
[Trait("Requires", "postgres")]
[Trait("Requires", "redis-server")]
public sealed class ServerTests(PostgresServer postgres, RedisServer redis)
    : IClassFixture<PostgresServer>, IClassFixture<RedisServer>
{
    [Fact]
    public async Task Two_pods_migrate_and_seed_one_database_once()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        await ReadyAsync(one);
        await ReadyAsync(other);

        Assert.Equal(25L, await postgres.ScalarAsync("SELECT count(*) FROM items"));
        Assert.Equal(3L, await postgres.ScalarAsync("SELECT count(*) FROM schema_steps"));
    }

    [Fact]
    public async Task Items_come_from_the_database_through_the_cache()
    {
        await using var api = await StartAsync();
        await ReadyAsync(api);
        await postgres.ScalarAsync("UPDATE items SET name = 'Renamed watch' WHERE id = 21");
        await redis.CommandAsync("DEL sample-api:items");

        Assert.Equal("Renamed watch", (await api.GetJsonAsync("/api/items/21")).Text("name"));
        Assert.Equal(":1", await redis.CommandAsync("EXISTS sample-api:items"));

        // What the cache holds is what is answered, until it expires.
        await postgres.ScalarAsync("UPDATE items SET name = 'Field watch' WHERE id = 21");
        Assert.Equal("Renamed watch", (await api.GetJsonAsync("/api/items/21")).Text("name"));
        await redis.CommandAsync("SET sample-api:items garbage");
        Assert.Equal("Field watch", (await api.GetJsonAsync("/api/items/21")).Text("name"));
    }

    [Fact]
    public async Task Health_includes_both_servers_and_each_alone()
    {
        await using var api = await StartAsync();
        await ReadyAsync(api);
        var health = await api.GetJsonAsync("/health");

        Assert.Equal("pass", health.Text("status"));
        Assert.Equal("datastore", health["checks"]!["postgresql:responseTime"]![0]!.Text("componentType"));
        Assert.Equal("pass", health["checks"]!["redis:responseTime"]![0]!.Text("status"));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/db"));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/redis"));
        const string checks = "dependency_check_duration_seconds_count{dependency=\"postgresql\",status=\"pass\"}";
        Assert.True(await api.MetricAsync(checks) > 0);
    }

    [Fact]
    public async Task A_switch_reaches_every_pod_it_names_whichever_pod_was_asked_and_survives_a_restart()
    {
        await using var stable = await StartAsync("APP_VERSION=v1", "POD_NAME=stable-1");
        await using var canary = await StartAsync("APP_VERSION=v2", "POD_NAME=canary-1");
        await SharedAsync(stable);
        await SharedAsync(canary);
        await stable.SwitchOnAsync("error", """{"onlyVersion":"v2","durationSeconds":120}""");

        await Until.TrueAsync(
            async () => await canary.GetStatusAsync("/api/items") == HttpStatusCode.InternalServerError,
            "canary fails");
        Assert.Equal(HttpStatusCode.OK, await stable.GetStatusAsync("/api/items"));

        await using (var restarted = await StartAsync("APP_VERSION=v2", "POD_NAME=canary-1"))
        {
            await Until.TrueAsync(
                async () => await restarted.GetStatusAsync("/api/items") == HttpStatusCode.InternalServerError,
                "restarted fails too");
        }

        using var off = await stable.SendAsync("DELETE", "/demo/faults/error");
        await Until.TrueAsync(
            async () => await canary.GetStatusAsync("/api/items") == HttpStatusCode.OK,
            "canary is well");
    }

    [Fact]
    public async Task A_fault_of_the_environment_is_switched_off_everywhere_too()
    {
        await using var asked = await StartAsync("POD_NAME=a");
        await using var bad = await StartAsync("POD_NAME=b", "DEMO_FAULT_SLOW=ms=1");
        await SharedAsync(asked);
        await SharedAsync(bad);
        using var off = await asked.SendAsync("DELETE", "/demo/faults/slow");

        await Until.TrueAsync(
            async () => await bad.MetricAsync("demo_fault_active{fault=\"slow\"}") == 0,
            "switched off");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData(
        "{'switch':{'kind':2,'numbers':{'cores':64,'duty':1},'startedAt':'2126-01-01','endsAt':'2126-01-01'},"
            + "'at':'2126-01-01'}"
    )]
    public async Task What_others_wrote_into_redis_is_refused_when_it_breaks_the_caps(string text)
    {
        var quoted = text.Replace("'", "\\\"", StringComparison.Ordinal);
        await redis.CommandAsync($"HSET sample-api:faults cpu \"{quoted}\"");
        await using var api = await StartAsync();
        await SharedAsync(api);

        Assert.Equal(0, await api.MetricAsync("demo_fault_active{fault=\"cpu\"}"));
        await redis.CommandAsync("DEL sample-api:faults");
    }

    [Fact]
    public async Task The_journal_of_all_pods_is_in_the_database()
    {
        await using var one = await StartAsync("POD_NAME=pod-a");
        await using var other = await StartAsync("POD_NAME=pod-b");
        await ReadyAsync(one);
        await ReadyAsync(other);
        await one.SwitchOnAsync("unready", """{"onlyPod":"pod-a"}""");
        using var off = await other.SendAsync("DELETE", "/demo/faults/unready");

        await Until.TrueAsync(
            async () => (await other.GetJsonAsync("/demo/faults/history"))["records"]!.AsArray()
                .Any(record => record!.Text("pod") == "pod-a" && record!.Text("what") == "onlyPod=pod-a"),
            "pod-b reads what pod-a journaled");
        Assert.Equal("postgresql", (await other.GetJsonAsync("/demo/faults/history")).Text("source"));
    }

    [Fact]
    public async Task A_killed_redis_makes_nothing_wrong_under_load_and_is_used_again_when_it_is_back()
    {
        await using var api = await StartAsync();
        await ReadyAsync(api);
        await using var load = new Load(api);
        await redis.KillAsync();
        await load.PassAsync(100);

        Assert.Equal("warn", (await api.GetJsonAsync("/health")).Text("status"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await api.GetStatusAsync("/health/redis"));
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/ready"));
        await api.SwitchOnAsync("slow", """{"ms":1}""");
        Assert.Equal(1, await api.MetricAsync("demo_fault_active{fault=\"slow\"}"));

        await redis.StartAsync();
        await Until.TrueAsync(
            async () => await api.GetStatusAsync("/health/redis") == HttpStatusCode.OK,
            "redis is back",
            40);
        await Until.TrueAsync(
            async () => await redis.CommandAsync("EXISTS sample-api:items") == ":1",
            "the cache is filled",
            40);
        Assert.Empty(await load.StopAsync());
    }

    [Fact]
    public async Task A_killed_database_is_503_under_load_and_comes_back_without_a_restart()
    {
        await using var api = await ApiInstance.StartAsync($"POSTGRES_CONNECTION={postgres.Connection}");
        await ReadyAsync(api);
        await using var load = new Load(api);
        await load.PassAsync(50);
        await postgres.KillAsync();
        await Until.TrueAsync(
            async () => await api.GetStatusAsync("/health/ready") == HttpStatusCode.ServiceUnavailable,
            "not ready");

        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/live"));
        Assert.Equal("fail", (await api.GetJsonAsync("/health")).Text("status"));
        Assert.Equal("memory", (await api.GetJsonAsync("/demo/faults/history")).Text("source"));
        await api.SwitchOnAsync("slow", """{"ms":1,"onlyPod":"sample-1"}""");

        await postgres.StartAsync();
        await ReadyAsync(api);
        await Until.TrueAsync(
            async () => await api.GetStatusAsync("/api/items") == HttpStatusCode.OK,
            "items are read again");
        await Until.TrueAsync(
            async () =>
                Equals(
                    1L,
                    await postgres.ScalarAsync("SELECT count(*) FROM fault_journal WHERE what LIKE '%onlyPod=sample-1'")
                ),
            "the switch was journaled once, late");
        var failures = await load.StopAsync();
        Assert.All(failures, status => Assert.Equal(503, status));
        Assert.NotEmpty(failures);
    }

    [Fact]
    public async Task Readiness_waits_for_servers_that_are_not_there_and_liveness_does_not()
    {
        await using var api = await ApiInstance.StartAsync(
            $"POSTGRES_CONNECTION=Host=127.0.0.1;Port={FreePort.Take()};Username=x",
            $"REDIS_CONNECTION=127.0.0.1:{FreePort.Take()}");

        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/health/live"));
        Assert.Matches(
            @"^not ok: postgresql:responseTime: (not r|no a).*, redis:responseTime: (not r|no a).*\n$",
            await api.GetTextAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await api.GetStatusAsync("/api/items"));
        Assert.Equal("no-store", (await api.GetAsync("/health")).Headers.CacheControl?.ToString());
    }

    private Task<ApiInstance> StartAsync(params string[] settings) => ApiInstance.StartAsync(
        [$"POSTGRES_CONNECTION={postgres.Connection}", $"REDIS_CONNECTION={redis.Connection}", .. settings]);

    private static Task ReadyAsync(ApiInstance api) =>
        Until.TrueAsync(async () => await api.GetStatusAsync("/health/ready") == HttpStatusCode.OK, "ready", 40);

    private static Task SharedAsync(ApiInstance api) =>
        Until.TrueAsync(async () => (await api.GetJsonAsync("/demo/faults"))["shared"]!.GetValue<bool>(), "shared");
}

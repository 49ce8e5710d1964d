using System.Text;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Http;

/// <summary>Every refusal is a Status, and no body, however bent, gets another answer or stops the server.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private const string Good = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""";

    private HttpCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await HttpCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData("/", 404, "NotFound")]
    [InlineData("/api/v2/pods", 404, "NotFound")]
    [InlineData("/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns/a/status", 404, "NotFound")]
    [InlineData("/api/v1/namespaces/default/pods/a/exec", 404, "NotFound")]
    [InlineData("/api/v1/namespaces/default/pods/a", 404, "NotFound")]
    [InlineData("/api/v1/namespaces/default/pods?labelSelector=a%20like%20b", 400, "BadRequest")]
    [InlineData("/api/v1/namespaces/default/pods?fieldSelector=spec.x%3Da", 400, "BadRequest")]
    [InlineData("/api/v1/namespaces/default/pods?resourceVersion=new", 400, "BadRequest")]
    [InlineData("/api/v1/namespaces/default/pods?limit=-1", 400, "BadRequest")]
    [InlineData("/api/v1/namespaces/default/pods/a?watch=true", 400, "BadRequest")]
    public async Task A_read_that_cannot_be_answered_says_why(string path, int code, string reason)
    {
        var (actual, body) = await _cluster.GetAsync(path);

        Assert.Equal((code, reason, "Failure"), (actual, body.Text("reason"), body.Text("status")));
        Assert.NotEmpty(body.Text("message")!);
    }

    [Fact]
    public async Task An_answer_in_another_form_than_json_is_not_acceptable()
    {
        var (code, body) = await _cluster.GetAsync("/api/v1/pods", "application/vnd.kubernetes.protobuf");

        Assert.Equal((406, "NotAcceptable"), (code, body.Text("reason")));
    }

    [Theory]
    [InlineData("POST", "/api/v1/pods")]
    [InlineData("PUT", HttpCluster.ConfigMaps)]
    [InlineData("PATCH", HttpCluster.ConfigMaps)]
    [InlineData("POST", HttpCluster.ConfigMaps + "/a")]
    [InlineData("DELETE", "/apis/apps/v1/namespaces/default/deployments/a/status")]
    [InlineData("POST", "/apis")]
    [InlineData("DELETE", "/api/v1/namespaces")]
    [InlineData("DELETE", "/api/v1/pods")]
    public async Task A_method_that_the_address_does_not_take_is_not_allowed(string method, string path)
    {
        var (code, body) = await _cluster.SendAsync(method, path, Good);

        Assert.Equal((405, "MethodNotAllowed"), (code, body.Text("reason")));
    }

    [Theory]
    [InlineData("POST", "/api/v1/namespaces/default/pods", "application/vnd.kubernetes.protobuf")]
    [InlineData("POST", HttpCluster.ConfigMaps, "text/plain")]
    [InlineData("POST", HttpCluster.ConfigMaps, "application/yaml")]
    [InlineData("PATCH", HttpCluster.ConfigMaps + "/a", "application/json")]
    [InlineData("PATCH", HttpCluster.ConfigMaps + "/a", "application/apply-patch+cbor")]
    [InlineData(
        "PATCH",
        "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/a",
        "application/strategic-merge-patch+json")]
    public async Task A_media_type_that_is_not_read_is_unsupported(string method, string path, string type)
    {
        var (code, body) = await _cluster.SendAsync(method, path, Good, type);

        Assert.Equal((415, "UnsupportedMediaType"), (code, body.Text("reason")));
        Assert.Contains(
            "accepted media types include: application/json", body.Text("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":5}")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"\\ud800\"}}")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}")]
    [InlineData("{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":\"other\"}}")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"1"}}""")]
    public async Task A_body_that_is_no_object_of_that_kind_is_a_bad_request(string body)
    {
        var (code, answer) = await _cluster.SendAsync("POST", HttpCluster.ConfigMaps, body);

        Assert.Equal((400, "BadRequest"), (code, answer.Text("reason")));
        Assert.Empty(_cluster.Objects.List("configmaps"));
    }

    [Theory]
    [InlineData("\"name\":7", "metadata.name")]
    [InlineData("\"name\":\"Upper\"", "metadata.name")]
    [InlineData("\"name\":\"a/../b\"", "metadata.name")]
    [InlineData("\"name\":\"a\",\"labels\":{\"a b\":\"c\"}", "metadata.labels")]
    [InlineData("\"name\":\"a\",\"labels\":{\"a\":\"-\"}", "metadata.labels")]
    [InlineData("\"name\":\"a\",\"labels\":[]", "metadata.labels")]
    [InlineData("\"name\":\"a\",\"annotations\":{\"a\":1e999}", "metadata.annotations.a")]
    [InlineData("\"name\":\"a\",\"ownerReferences\":[{\"uid\":\"u\"}]", "metadata.ownerReferences[0].kind")]
    public async Task Metadata_that_breaks_a_rule_is_invalid_at_its_field(string metadata, string field)
    {
        var (code, body) = await _cluster.SendAsync(
            "POST",
            HttpCluster.ConfigMaps,
            $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{ {{metadata}} } }""");

        Assert.Equal((422, "Invalid"), (code, body.Text("reason")));
        Assert.Contains(body.Child("details")!.Children("causes"), cause => cause.Text("field") == field);
    }

    [Fact]
    public async Task A_body_that_is_nested_too_deep_or_no_utf8_is_a_bad_request()
    {
        var deep = new string('[', 100_000);
        var broken = Encoding.UTF8.GetBytes(Good);
        broken[^4] = 0xff;

        Assert.Equal(400, (await _cluster.SendAsync("POST", HttpCluster.ConfigMaps, deep)).Code);
        Assert.Equal(400, (await _cluster.SendAsync("POST", HttpCluster.ConfigMaps, broken, "application/json")).Code);
        Assert.Equal(201, (await _cluster.SendAsync("POST", HttpCluster.ConfigMaps, Good)).Code);
    }

    [Fact]
    public async Task A_body_or_an_annotation_above_its_limit_is_refused_with_the_limit()
    {
        var annotated = Good.Replace(
            "\"name\"", $"\"annotations\":{{\"a\":\"{new string('x', 262_145)}\"}},\"name\"", StringComparison.Ordinal);

        var (tooLarge, body) = await _cluster.SendAsync(
            "POST", HttpCluster.ConfigMaps, new string(' ', (int)ApiServerHost.BodyBytesLimit + 1));
        var (tooLong, invalid) = await _cluster.SendAsync("POST", HttpCluster.ConfigMaps, annotated);

        Assert.Equal((413, "Request entity too large: limit is 3145728"), (tooLarge, body.Text("message")));
        Assert.Equal(422, tooLong);
        Assert.Equal(
            "ConfigMap \"a\" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes",
            invalid.Text("message"));
    }

    [Fact]
    public async Task A_stale_replacement_and_a_failed_precondition_are_conflicts()
    {
        var (_, created) = await _cluster.SendAsync("POST", HttpCluster.ConfigMaps, Good);
        await _cluster.SendAsync(
            "PATCH", HttpCluster.ConfigMaps + "/a", """{"data":{"x":"1"}}""", "application/merge-patch+json");

        var (put, conflict) = await _cluster.SendAsync("PUT", HttpCluster.ConfigMaps + "/a", created.ToJsonString());
        var (delete, _) = await _cluster.SendAsync(
            "DELETE", HttpCluster.ConfigMaps + "/a", """{"preconditions":{"uid":"another"}}""");

        Assert.Equal((409, "Conflict", 409), (put, conflict.Text("reason"), delete));
        Assert.Equal("configmaps", conflict.Child("details")!.Text("kind"));
    }

    [Fact]
    public async Task A_custom_resource_is_replaced_only_by_who_names_its_version()
    {
        _cluster.Objects.Create("rollouts.argoproj.io", "default", Cluster.Rollout("sample"));

        var (code, body) = await _cluster.SendAsync(
            "PUT",
            "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/sample",
            Cluster.Rollout("sample").ToJsonString());

        Assert.Equal(422, code);
        Assert.EndsWith(
            "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update",
            body.Text("message"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_namespace_may_not_be_deleted()
    {
        var (code, body) = await _cluster.SendAsync("DELETE", "/api/v1/namespaces/default", "{}");

        Assert.Equal(
            (403, "namespaces \"default\" is forbidden: this namespace may not be deleted"),
            (code, body.Text("message")));
    }

    [Fact]
    public async Task Unknown_fields_are_warned_of_unless_the_request_says_otherwise()
    {
        const string unknown = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"},"datas":{}}""";
        using var content = new StringContent(unknown, Encoding.UTF8, "application/json");

        using var warned = await _cluster.Client.PostAsync(
            HttpCluster.ConfigMaps + "?dryRun=All", content, TestContext.Current.CancellationToken);
        var (strict, _) = await _cluster.SendAsync("POST", HttpCluster.ConfigMaps + "?fieldValidation=Strict", unknown);
        var (ignored, created) = await _cluster.SendAsync(
            "POST", HttpCluster.ConfigMaps + "?fieldValidation=Ignore", unknown);

        Assert.Equal("299 - \"unknown field \\\"datas\\\"\"", warned.Headers.GetValues("Warning").Single());
        Assert.Equal((400, 201), (strict, ignored));
        Assert.False(created.ContainsKey("datas"));
    }

    [Fact]
    public async Task A_port_in_use_and_a_bad_definition_are_one_line_errors_before_anything_listens()
    {
        var port = _cluster.Address.Port;
        var folder = Directory.CreateTempSubdirectory("crds-");
        var file = Path.Combine(folder.FullName, "bad.yaml");
        await File.WriteAllTextAsync(file, "apiVersion: v1\nkind: [", TestContext.Current.CancellationToken);

        var inUse = await Assert.ThrowsAsync<ClusterStartException>(() =>
            ApiServerHost.StartAsync(new ApiServerOptions { Port = port }, TestContext.Current.CancellationToken));
        var bad = await Assert.ThrowsAsync<ClusterStartException>(() =>
            ApiServerHost.StartAsync(
                new ApiServerOptions { CrdFolder = folder.FullName }, TestContext.Current.CancellationToken));
        folder.Delete(recursive: true);

        Assert.StartsWith($"cannot listen on 127.0.0.1:{port}: ", inUse.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{file}: line ", bad.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', inUse.Message + bad.Message);
    }
}

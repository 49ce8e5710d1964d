using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Patching;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.Tests.ApiServer.Rules;

public sealed class PatchTests
{
    private static readonly Schema PodSpec = BuiltInKinds.Read().Single(kind => kind.Kind == "Pod").Schema.Properties[
        "spec"
    ];

    /// <summary>The examples of RFC 7386, appendix A, whose documents are objects.</summary>
    [Theory]
    [InlineData("{a: b}", "{a: c}", "{a: c}")]
    [InlineData("{a: b}", "{b: c}", "{a: b, b: c}")]
    [InlineData("{a: b}", "{a: null}", "{}")]
    [InlineData("{a: b, b: c}", "{a: null}", "{b: c}")]
    [InlineData("{a: [b]}", "{a: c}", "{a: c}")]
    [InlineData("{a: c}", "{a: [b]}", "{a: [b]}")]
    [InlineData("{a: {b: c}}", "{a: {b: d, c: null}}", "{a: {b: d}}")]
    [InlineData("{a: [{b: c}]}", "{a: [1]}", "{a: [1]}")]
    [InlineData("{e: null}", "{a: 1}", "{e: null, a: 1}")]
    [InlineData("{}", "{a: {bb: {ccc: null}}}", "{a: {bb: {}}}")]
    public void A_merge_patch_follows_its_rfc(string document, string patch, string expected)
    {
        var target = Cluster.Object(document);

        MergePatch.Apply(target, Cluster.Object(patch));

        AssertSame(expected, target);
    }

    [Theory]
    [InlineData("{foo: bar}", "[{op: add, path: /baz, value: qux}]", "{foo: bar, baz: qux}")]
    [InlineData("{foo: [bar, baz]}", "[{op: add, path: /foo/1, value: qux}]", "{foo: [bar, qux, baz]}")]
    [InlineData("{foo: [bar]}", "[{op: add, path: /foo/-, value: [abc]}]", "{foo: [bar, [abc]]}")]
    [InlineData("{foo: [bar, qux]}", "[{op: remove, path: /foo/1}]", "{foo: [bar]}")]
    [InlineData("{baz: qux}", "[{op: replace, path: /baz, value: boo}]", "{baz: boo}")]
    [InlineData("{foo: {a: 1}, qux: {}}", "[{op: move, from: /foo/a, path: /qux/b}]", "{foo: {}, qux: {b: 1}}")]
    [InlineData("{a: {b: 1}}", "[{op: copy, from: /a, path: /c}]", "{a: {b: 1}, c: {b: 1}}")]
    [InlineData("{a~b: 1, c/d: 2}", "[{op: remove, path: /a~0b}, {op: test, path: /c~1d, value: 2}]", "{c/d: 2}")]
    public void A_json_patch_follows_its_rfc(string document, string patch, string expected) =>
        AssertSame(expected, JsonPatch.Apply(Cluster.Object(document), Operations(patch)));

    [Theory]
    [InlineData("[{op: test, path: /a, value: 2}]", 422, "testing value /a failed")]
    [InlineData("[{op: remove, path: /b}]", 422, "/b does not exist")]
    [InlineData("[{op: replace, path: /b, value: 1}]", 422, "/b does not exist")]
    [InlineData("[{op: add, path: /list/3, value: 1}]", 422, "/list/3 does not exist")]
    [InlineData("[{op: add, path: /a/b, value: 1}]", 422, "/a/b does not exist")]
    [InlineData("[{op: add, path: a, value: 1}]", 400, "not a JSON pointer: a")]
    [InlineData("[{op: add, path: /b}]", 400, "lacks its value")]
    [InlineData("[{op: grow, path: /b}]", 400, "unknown JSON patch operation")]
    [InlineData("[{op: remove, path: ''}]", 400, "must be an object")]
    [InlineData("[{op: move, from: /list, path: /list/0}]", 400, "cannot move a value into itself")]
    [InlineData("[7]", 400, "must be an object")]
    public void A_json_patch_that_does_not_fit_is_refused(string patch, int code, string why)
    {
        var refused = Assert.Throws<ApiException>(() =>
            JsonPatch.Apply(Cluster.Object("{a: 1, list: [x, y]}"), Operations(patch)));

        Assert.Equal(code, refused.Status.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "{containers: [{name: a, image: v1}, {name: b}]}",
        "{containers: [{name: a, image: v2}]}",
        "{containers: [{name: a, image: v2}, {name: b}]}")]
    [InlineData(
        "{containers: [{name: a}, {name: b}]}",
        "{containers: [{name: a, $patch: delete}]}",
        "{containers: [{name: b}]}")]
    [InlineData(
        "{containers: [{name: a}, {name: b}]}",
        "{containers: [{$patch: replace}, {name: c}]}",
        "{containers: [{name: c}]}")]
    [InlineData(
        "{containers: [{name: a, env: [{name: X, value: '1'}]}]}",
        "{containers: [{name: a, env: [{name: Y, value: '2'}]}]}",
        "{containers: [{name: a, env: [{name: X, value: '1'}, {name: Y, value: '2'}]}]}")]
    [InlineData(
        "{containers: [{name: a}]}",
        "{$setElementOrder/containers: [{name: b}, {name: a}], containers: [{name: b}]}",
        "{containers: [{name: b}, {name: a}]}")]
    [InlineData(
        "{containers: [{name: a, command: [x, y]}]}",
        "{containers: [{name: a, command: [z]}]}",
        "{containers: [{name: a, command: [z]}]}")]
    [InlineData("{nodeSelector: {a: b}}", "{nodeSelector: {$patch: replace, c: d}}", "{nodeSelector: {c: d}}")]
    [InlineData("{nodeSelector: {a: b}}", "{nodeSelector: {$patch: delete}}", "{}")]
    [InlineData("{hostname: a, subdomain: b}", "{$retainKeys: [hostname], hostname: c}", "{hostname: c}")]
    public void A_strategic_patch_merges_lists_by_their_keys(string document, string patch, string expected)
    {
        var target = Cluster.Object(document);

        StrategicPatch.Apply(PodSpec, target, Cluster.Object(patch));

        AssertSame(expected, target);
    }

    [Fact]
    public void A_strategic_patch_unites_sets_and_takes_values_out_of_them()
    {
        var schema = BuiltInKinds.ObjectMeta;
        var metadata = Cluster.Object("{finalizers: [a, b]}");

        StrategicPatch.Apply(schema, metadata, Cluster.Object("{finalizers: [b, c]}"));
        AssertSame("{finalizers: [a, b, c]}", metadata);
        StrategicPatch.Apply(schema, metadata, Cluster.Object("{$deleteFromPrimitiveList/finalizers: [a]}"));
        AssertSame("{finalizers: [b, c]}", metadata);
    }

    private static JsonArray Operations(string yaml) =>
        Cluster.Object($"operations: {yaml}")["operations"]!.DeepClone().AsArray();

    private static void AssertSame(string expected, JsonObject actual) =>
        Assert.True(JsonNode.DeepEquals(Cluster.Object(expected), actual), actual.ToJsonString());
}

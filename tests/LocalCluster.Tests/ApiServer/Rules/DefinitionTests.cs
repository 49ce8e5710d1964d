using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Rules;

/// <summary>What a definition's schema does to the objects of its kind.</summary>
public sealed class DefinitionTests
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";

    private readonly ClusterObjects _objects = new ClusterState(new ClusterStateOptions()).Objects;

    [Theory]
    [InlineData(
        "{type: integer, minimum: 1, maximum: 3}",
        "0",
        "v: Invalid value: 0: v in body should be greater than or equal to 1")]
    [InlineData(
        "{type: integer, minimum: 1, maximum: 3}",
        "4",
        "v: Invalid value: 4: v in body should be less than or equal to 3")]
    [InlineData(
        "{type: number, minimum: 1, exclusiveMinimum: true}",
        "1",
        "v: Invalid value: 1: v in body should be greater than 1")]
    [InlineData("{type: integer}", "1.5", "v: Invalid value: \"number\": v in body must be of type integer: 1.5")]
    [InlineData("{type: string, enum: [a, b]}", "c", "v: Unsupported value: \"c\": supported values: \"a\", \"b\"")]
    [InlineData("{type: string, pattern: '^x'}", "y", "v: Invalid value: \"y\": v in body should match '^x'")]
    [InlineData("{type: string, maxLength: 2}", "abc", "v: Too long: may not be more than 2 bytes")]
    [InlineData(
        "{type: string, minLength: 2}",
        "a",
        "v: Invalid value: \"a\": v in body should be at least 2 chars long")]
    [InlineData(
        "{type: string, format: date-time}",
        "noon",
        "v: Invalid value: \"noon\": v in body must be of type date-time: \"noon\"")]
    [InlineData(
        "{type: array, maxItems: 1, items: {type: string}}",
        "[a, b]",
        "v: Too many: 2: must have at most 1 items")]
    [InlineData(
        "{type: array, x-kubernetes-list-type: set, items: {type: string}}",
        "[a, a]",
        "v[1]: Duplicate value: \"a\"")]
    [InlineData("{type: array, items: {type: object, required: [n]}}", "[{}]", "v[0].n: Required value")]
    [InlineData(
        "{type: object, additionalProperties: {type: integer}}",
        "{a: b}",
        "v.a: Invalid value: \"string\": v.a in body must be of type integer: \"b\"")]
    [InlineData(
        "{x-kubernetes-int-or-string: true}",
        "[]",
        "v: Invalid value: \"array\": v in body must be of type integer,string: \"array\"")]
    public void A_value_outside_its_schema_is_invalid(string schema, string value, string message)
    {
        Define(schema);

        var refused = Assert.Throws<ApiException>(() => CreateThing(value));

        Assert.Equal((422, $"Thing.example.io \"a\" is invalid: {message}"), (refused.Status.Code, refused.Message));
    }

    [Theory]
    [InlineData("{type: integer, minimum: 1, maximum: 3}", "1")]
    [InlineData("{type: integer, minimum: 1, maximum: 3}", "3")]
    [InlineData("{type: number}", "1")]
    [InlineData("{type: string, format: date-time}", "'2026-01-01T00:00:00Z'")]
    [InlineData("{x-kubernetes-int-or-string: true}", "25%")]
    [InlineData("{x-kubernetes-int-or-string: true}", "7")]
    [InlineData("{type: string, nullable: true}", "null")]
    [InlineData("{type: object, x-kubernetes-preserve-unknown-fields: true}", "{a: {b: [1, null]}}")]
    public void A_value_within_its_schema_is_kept_as_it_is(string schema, string value)
    {
        Define(schema);

        var created = CreateThing(value);

        Assert.True(JsonNode.DeepEquals(Cluster.Object($"v: {value}")["v"], created["v"]));
    }

    [Theory]
    [InlineData("{type: object, properties: {w: {type: integer}}}", "{w: null}", "{}")]
    [InlineData("{type: object, properties: {w: {type: integer, default: 5}}}", "{w: null}", """{"w":5}""")]
    [InlineData("{type: object, properties: {w: {type: integer, nullable: true}}}", "{w: null}", """{"w":null}""")]
    [InlineData("{type: object, additionalProperties: {type: string}}", "{w: null, x: y}", """{"x":"y"}""")]
    public void A_null_that_its_field_does_not_take_is_a_field_that_is_not_there(
        string schema, string value, string kept)
    {
        Define(schema);

        Assert.Equal(kept, CreateThing(value)["v"]!.ToJsonString());
    }

    [Fact]
    public void Defaults_are_filled_in_from_outside_in()
    {
        Define("{type: object, default: {}, properties: {w: {type: integer, default: 5}}}");

        var created = _objects.Create(
            "things.example.io",
            "default",
            Cluster.Object("{apiVersion: example.io/v1, kind: Thing, metadata: {name: a}}"));

        Assert.Equal("""{"w":5}""", created["v"]!.ToJsonString());
    }

    [Theory]
    [InlineData(
        "{type: object, properties: {a: {oneOf: []}}}",
        "properties[v].properties[a].oneOf: Forbidden: not modelled by this server")]
    [InlineData("{}", "properties[v].type: Required value: must not be empty for specified object fields")]
    [InlineData("{type: array}", "properties[v].items: Required value: must be specified")]
    [InlineData("{type: text}", "properties[v].type: Unsupported value: \"text\"")]
    [InlineData("{type: string, pattern: '('}", "properties[v].pattern: Invalid value: \"(\"")]
    public void A_schema_that_is_not_understood_is_refused_with_its_place(string schema, string message)
    {
        var refused = Assert.Throws<ApiException>(() => Define(schema));

        Assert.Equal(422, refused.Status.Code);
        Assert.Contains(
            $"spec.versions[0].schema.openAPIV3Schema.{message}",
            refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_definition_with_two_versions_is_refused()
    {
        var definition = Definition("{type: string}");
        var versions = definition.Child("spec")!["versions"]!.AsArray();
        versions.Add(versions[0]!.DeepClone());

        var refused = Assert.Throws<ApiException>(() => _objects.Create(Definitions, "", definition));

        Assert.Contains("this server serves exactly one version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stand_ins_take_what_argo_writes_and_say_that_they_are_stand_ins()
    {
        var definitions = Cluster.New().Objects.List(Definitions);

        Assert.All(
            definitions.Where(definition => definition.Child("spec")!.Text("group") == "argoproj.io"),
            definition => Assert.Equal("true", definition.Metadata.TextMap("labels")["compat"]));
        Assert.Equal(
            ["canarypolicies.rollouts-companion.io"],
            definitions
                .Select(definition => definition.Metadata.Text("name")!)
                .Where(name => !name.EndsWith(".argoproj.io", StringComparison.Ordinal)));
    }

    private static JsonObject Definition(string schema) =>
        Cluster.Object(
            $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.example.io}
            spec:
              group: example.io
              scope: Namespaced
              names: {plural: things, kind: Thing}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      v: {{schema}}
            """);

    private void Define(string schema) => _objects.Create(Definitions, "", Definition(schema));

    private JsonObject CreateThing(string value) =>
        _objects.Create(
            "things.example.io",
            "default",
            Cluster.Object($"apiVersion: example.io/v1\nkind: Thing\nmetadata: {{name: a}}\nv: {value}"));
}

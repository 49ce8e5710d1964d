using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests.Contract;

/// <summary><c>/openapi.json</c> is written by hand: these tests hold it against the routes and the answers.</summary>
public sealed class ContractTests
{
    [Fact]
    public async Task Every_route_is_in_the_contract_and_nothing_else_is()
    {
        await using var api = await ApiInstance.StartAsync();
        var contract = await api.GetJsonAsync("/openapi.json");
        var written = contract["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));
        var served = api
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"));

        Assert.Equal(served.Distinct().Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/", "/")]
    [InlineData("GET", "/health", "/health")]
    [InlineData("GET", "/health/db", "/health/db")]
    [InlineData("GET", "/health/live", "/health/live")]
    [InlineData("GET", "/metrics", "/metrics")]
    [InlineData("GET", "/api/version", "/api/version")]
    [InlineData("GET", "/api/info", "/api/info")]
    [InlineData("GET", "/api/items?limit=3", "/api/items")]
    [InlineData("GET", "/api/items?limit=99", "/api/items")]
    [InlineData("GET", "/api/items/7", "/api/items/{id}")]
    [InlineData("GET", "/api/items/77", "/api/items/{id}")]
    [InlineData("GET", "/echo?a=b", "/echo")]
    [InlineData("POST", "/echo", "/echo")]
    [InlineData("GET", "/demo/faults", "/demo/faults")]
    [InlineData("GET", "/demo/faults/history", "/demo/faults/history")]
    [InlineData("PUT", "/demo/faults/error", "/demo/faults/{kind}")]
    [InlineData("PUT", "/demo/faults/flood", "/demo/faults/{kind}")]
    [InlineData("POST", "/demo/faults/error", "/demo/faults/{kind}")]
    [InlineData("DELETE", "/demo/faults/error", "/demo/faults/{kind}")]
    [InlineData("DELETE", "/demo/faults", "/demo/faults")]
    [InlineData("GET", "/demo/slow?ms=1", "/demo/slow")]
    [InlineData("GET", "/demo/error?status=418", "/demo/error")]
    [InlineData("GET", "/demo/cpu?seconds=0", "/demo/cpu")]
    [InlineData("GET", "/demo/memory?seconds=-1", "/demo/memory")]
    [InlineData("GET", "/demo", "/demo")]
    [InlineData("GET", "/demo/page.js", "/demo/page.js")]
    [InlineData("GET", "/demo/page.css", "/demo/page.css")]
    public async Task An_answer_is_what_the_contract_says(string method, string path, string template)
    {
        await using var api = await ApiInstance.StartAsync(
            "DEMO_FAULT_CLASS_DRIFT=category=Tops",
            "DEMO_FAULT_ERROR=ratio=0");
        var contract = await api.GetJsonAsync("/openapi.json");
        using var response = await api.SendAsync(method, path, method == "PUT" ? """{"ratio":0}""" : null);

        var responses = contract["paths"]![template]![method.ToLowerInvariant()]!["responses"]!;
        var described = responses[$"{(int)response.StatusCode}"] ?? responses["default"];
        Assert.True(described is not null, $"{(int)response.StatusCode} is not in the contract");
        described = Resolve(contract, described);
        var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
        var schema = described["content"]?[mediaType]?["schema"];
        Assert.True(schema is not null, $"{mediaType} is not in the contract");
        if (mediaType.Contains("json", StringComparison.Ordinal))
        {
            Assert.Equal("", Mismatch(contract, schema, await response.JsonAsync(), "$"));
        }

        foreach (var (header, _) in described["headers"]?.AsObject() ?? [])
        {
            Assert.True(response.Header(header).Length > 0, header);
        }
    }

    [Fact]
    public async Task The_keys_of_a_switch_are_those_that_the_program_takes()
    {
        await using var api = await ApiInstance.StartAsync();
        var contract = await api.GetJsonAsync("/openapi.json");
        var written = contract["components"]!["schemas"]!["FaultSwitch"]!["properties"]!
            .AsObject()
            .Select(key => key.Key);
        var taken = Faults
            .FaultSchema.All.SelectMany(schema => schema.Form.Split(','))
            .Select(part => part.Split('=')[0]);

        Assert.Equal(taken.Distinct().Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
        Assert.Equal(
            Faults.FaultSchema.All.Select(schema => schema.Name),
            contract["components"]!["schemas"]!["Fault"]!["properties"]!["kind"]!["enum"]!
                .AsArray()
                .Select(kind => kind!.GetValue<string>()));
    }

    private static JsonNode Resolve(JsonNode contract, JsonNode node) =>
        node["$ref"]?.GetValue<string>() is { } reference
            ? reference[2..].Split('/').Aggregate(contract, (at, part) => at[part]!)
            : node;

    // As much of JSON Schema as the contract uses. Empty when the value fits, else where and why not.
    private static string Mismatch(JsonNode contract, JsonNode schema, JsonNode? value, string at)
    {
        schema = Resolve(contract, schema);
        var type = schema["type"]?.GetValue<string>();
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
        {
            return $"{at}: {value?.ToJsonString()} is none of {words.ToJsonString()}";
        }

        return (type, value) switch
        {
            ("object", JsonObject members) => MismatchOfObject(contract, schema, members, at),
            ("array", JsonArray items) => items
                .Select((item, i) => Mismatch(contract, schema["items"]!, item, $"{at}[{i}]"))
                .FirstOrDefault(problem => problem.Length > 0)
                ?? "",
            ("string", JsonValue text) when text.GetValueKind() == System.Text.Json.JsonValueKind.String => "",
            ("boolean", JsonValue flag) when flag.TryGetValue<bool>(out _) => "",
            ("number", JsonValue number) when number.TryGetValue<double>(out _) => "",
            ("integer", JsonValue whole) when whole.TryGetValue<int>(out _) => "",
            _ => $"{at}: {value?.ToJsonString()} is not of type {type}",
        };
    }

    private static string MismatchOfObject(JsonNode contract, JsonNode schema, JsonObject members, string at)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (!members.ContainsKey(name!.GetValue<string>()))
            {
                return $"{at}: {name} is missing";
            }
        }

        foreach (var (name, value) in members)
        {
            var member = schema["properties"]?[name];
            if (member is null && schema["additionalProperties"] is JsonValue rule && !rule.GetValue<bool>())
            {
                return $"{at}: {name} is not in the contract";
            }

            member ??= schema["additionalProperties"] as JsonObject;
            if (member is not null && Mismatch(contract, member, value, $"{at}.{name}") is { Length: > 0 } problem)
            {
                return problem;
            }
        }

        return "";
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Schemas;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// Reads an object from Kubernetes' protobuf (magic number, then runtime.Unknown around the message), by the built-in
/// schemas and <c>protobuf-fields.yaml</c>. kubectl sends it for <c>kubectl create namespace</c> and its siblings.
/// </summary>
internal sealed class ProtobufObjects
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private readonly Dictionary<string, Dictionary<int, string>> _names;

    public ProtobufObjects()
    {
        using var stream = typeof(ProtobufObjects).Assembly.GetManifestResourceStream("protobuf-fields.yaml")!;
        using var text = new StreamReader(stream);
        var types = YamlReader.ReadDocuments(text.ReadToEnd())[0]!.AsObject();
        _names = types.ToDictionary(type => type.Key, type => Numbers(type.Value!.AsObject()), StringComparer.Ordinal);
    }

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public bool CanRead(ResourceKind kind) => kind.IsBuiltIn && _names.ContainsKey(kind.Kind);

    /// <exception cref="ApiException">400: not such a message; 415: a field that this server does not read.</exception>
    public JsonObject Read(ResourceKind kind, ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
            throw ApiException.BadRequest("the body does not begin as Kubernetes' protobuf does");
        try
        {
            var result = new JsonObject();
            var unknown = new ProtobufReader(body[Magic.Length..]);
            while (!unknown.IsAtEnd)
            {
                var field = unknown.Next();
                if (field.Number == 1)
                    ReadType(field.Bytes, result);
                else if (field.Number == 2)
                    ReadMessage(kind.Schema with { Name = kind.Kind }, field.Bytes, result);
            }
            return result;
        }
        catch (FormatException problem)
        {
            throw ApiException.BadRequest($"the body is not protobuf: {problem.Message}");
        }
    }

    private static void ReadType(ReadOnlySpan<byte> message, JsonObject result)
    {
        var reader = new ProtobufReader(message);
        while (!reader.IsAtEnd)
        {
            var field = reader.Next();
            result[field.Number == 1 ? "apiVersion" : "kind"] = field.Text;
        }
    }

    private void ReadMessage(Schema schema, ReadOnlySpan<byte> message, JsonObject result)
    {
        var reader = new ProtobufReader(message);
        while (!reader.IsAtEnd)
        {
            var field = reader.Next();
            var name = schema.Name is { } type ? _names.GetValueOrDefault(type)?.GetValueOrDefault(field.Number) : null;
            if (name is not null && schema.Properties.TryGetValue(name, out var property))
                ReadField(property, name, field, result);
            else if (!field.IsZero)
                throw NotRead($"field {field.Number} of {schema.Name}");
        }
    }

    private void ReadField(Schema schema, string name, ProtobufField field, JsonObject result)
    {
        if (schema.Items is { } items)
        {
            if (result[name] is not JsonArray list)
                result[name] = list = [];
            list.Add(Value(items, name, field));
        }
        else if (schema.Values is { } values)
        {
            if (result[name] is not JsonObject map)
                result[name] = map = [];
            ReadEntry(values, name, field.Bytes, map);
        }
        else if (!field.IsZero || name == "replicas")
        {
            var value = Value(schema, name, field);
            if (value is not JsonObject { Count: 0 })
                result[name] = value;
        }
    }

    private void ReadEntry(Schema values, string name, ReadOnlySpan<byte> entry, JsonObject map)
    {
        var (key, value) = ("", (JsonNode?)"");
        var reader = new ProtobufReader(entry);
        while (!reader.IsAtEnd)
        {
            var field = reader.Next();
            if (field.Number == 1)
                key = field.Text;
            else
                value = Value(values, name, field);
        }
        map[key] = value;
    }

    private JsonNode? Value(Schema schema, string name, ProtobufField field)
    {
        if (schema.IsIntOrString)
            return schema.Format == "quantity" ? Quantity(field.Bytes) : IntOrString(field.Bytes);
        switch (schema)
        {
            case { Type: "string", Format: "date-time" }:
                return Time(field.Bytes);
            case { Type: "string", Format: "byte" }:
                return Convert.ToBase64String(field.Bytes);
            case { Type: "string" }:
                return field.Text;
            case { Type: "integer" }:
                return unchecked((long)field.Varint);
            case { Type: "boolean" }:
                return field.Varint != 0;
            case { Type: "object", Name: not null }:
                var nested = new JsonObject();
                ReadMessage(schema, field.Bytes, nested);
                return nested;
            default:
                throw NotRead(name);
        }
    }

    /// <summary>meta/v1 Time: seconds = 1, nanos = 2; empty when not set.</summary>
    private static JsonNode? Time(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
            return null;
        var seconds = new ProtobufReader(message).Next().Varint;
        return seconds > int.MaxValue
            ? throw new FormatException("a time is out of range")
            : ObjectTime.Format(DateTimeOffset.FromUnixTimeSeconds((long)seconds));
    }

    /// <summary>util/intstr IntOrString: type = 1 (0 int, 1 string), intVal = 2, strVal = 3.</summary>
    private static JsonNode IntOrString(ReadOnlySpan<byte> message)
    {
        var (isText, number, text) = (false, 0L, "");
        var reader = new ProtobufReader(message);
        while (!reader.IsAtEnd)
        {
            var field = reader.Next();
            if (field.Number == 1)
                isText = field.Varint == 1;
            else if (field.Number == 2)
                number = unchecked((long)field.Varint);
            else
                text = field.Text;
        }
        return isText ? text : number;
    }

    /// <summary>api/resource Quantity: string = 1.</summary>
    private static JsonNode Quantity(ReadOnlySpan<byte> message) =>
        message.IsEmpty ? "0" : new ProtobufReader(message).Next().Text;

    private static ApiException NotRead(string what) =>
        ApiException.UnsupportedMediaType(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what} is not read from protobuf by the local cluster; send JSON"));

    private static Dictionary<int, string> Numbers(JsonObject fields) =>
        fields.ToDictionary(field => (int)field.Value.AsWhole!.Value, field => field.Key);
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// Reads request bodies, and refuses what would trip a reader further in: duplicate fields, depth, broken Unicode.
/// </summary>
internal static class JsonBody
{
    private const int DepthLimit = 64;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = DepthLimit,
    };

    /// <summary>
    /// A body for creating or replacing an object of that kind: JSON, or protobuf where kubectl sends it.
    /// </summary>
    /// <exception cref="ApiException">400, 413, 415.</exception>
    public static async Task<JsonObject> ReadObjectAsync(
        HttpRequest request,
        ResourceKind kind,
        ProtobufObjects protobuf) =>
        MediaType(request) == ProtobufObjects.MediaType && protobuf.CanRead(kind)
            ? protobuf.Read(kind, (await ReadBytesAsync(request)).Span)
            : await ReadObjectAsync(request);

    /// <exception cref="ApiException">400, 413.</exception>
    public static async Task<JsonNode?> ReadAsync(HttpRequest request)
    {
        var bytes = await ReadBytesAsync(request);
        try
        {
            CheckText(bytes.Span);
            return JsonNode.Parse(bytes.Span, documentOptions: Strict);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw ApiException.BadRequest($"the body is not JSON: {problem.Message}");
        }
    }

    /// <exception cref="ApiException">400, 413, 415.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request)
    {
        if (MediaType(request) is not ("" or "application/json"))
        {
            throw ApiException.UnsupportedMediaType(
                $"the body of the request was in an unknown format ({MediaType(request)}) - "
                    + "accepted media types include: application/json");
        }
        return await ReadAsync(request) as JsonObject ?? throw ApiException.BadRequest("the body must be an object");
    }

    /// <summary>A body that may be YAML; JSON is YAML too, and read more strictly.</summary>
    /// <exception cref="ApiException">400, 413.</exception>
    public static async Task<JsonObject> ReadYamlObjectAsync(HttpRequest request)
    {
        var text = Encoding.UTF8.GetString((await ReadBytesAsync(request)).Span);
        try
        {
            var node = text.AsSpan().TrimStart().StartsWith("{")
                ? JsonNode.Parse(text, documentOptions: Strict)
                : YamlReader.ReadDocuments(text) is [var first, ..] ? first : null;
            return node as JsonObject ?? throw ApiException.BadRequest("the body must be an object");
        }
        catch (Exception problem) when (problem is JsonException or FormatException or InvalidOperationException)
        {
            throw ApiException.BadRequest($"the body is not YAML: {problem.Message}");
        }
    }

    public static string MediaType(HttpRequest request) =>
        (request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw ApiException.BodyTooLarge(ApiServerHost.BodyBytesLimit);
        }
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <summary>
    /// Decodes every string once, so that a lone surrogate is found here and not where the string is used.
    /// </summary>
    private static void CheckText(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DepthLimit });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                reader.GetString();
        }
    }
}

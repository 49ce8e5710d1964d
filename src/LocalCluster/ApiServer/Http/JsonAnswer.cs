using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Requests;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>Writes answers; stored objects go out as the bytes they are stored as.</summary>
internal static class JsonAnswer
{
    public static Task WriteAsync(HttpContext context, int code, JsonNode body, string type = "application/json")
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
            body.WriteTo(writer);
        return WriteAsync(context, code, bytes.WrittenMemory, type);
    }

    public static Task WriteAsync(HttpContext context, ApiStatus status)
    {
        if (status.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, status.Code, status.ToJson());
    }

    public static async Task WriteAsync(
        HttpContext context,
        int code,
        ReadOnlyMemory<byte> body,
        string type = "application/json")
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public static Task WriteListAsync(HttpContext context, ResourceKind kind, ObjectPage page)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind.ListKind);
            writer.WriteString("apiVersion", kind.ApiVersion);
            writer.WritePropertyName("metadata");
            ListMetadata(page).WriteTo(writer);
            writer.WriteStartArray("items");
            foreach (var item in page.Objects)
                writer.WriteRawValue(item.Json.Span, skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return WriteAsync(context, StatusCodes.Status200OK, bytes.WrittenMemory);
    }

    public static JsonObject ListMetadata(ObjectPage page)
    {
        var metadata = new JsonObject
        {
            ["resourceVersion"] = page.ResourceVersion.ToString(CultureInfo.InvariantCulture),
        };
        if (page.Continue is not null)
        {
            metadata["continue"] = page.Continue;
            metadata["remainingItemCount"] = page.RemainingCount;
        }
        return metadata;
    }

    /// <summary>299 is the code of the Warning header that kubectl prints (RFC 7234, section 5.5).</summary>
    public static void AddWarnings(HttpContext context, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings.Distinct())
            context.Response.Headers.Append("Warning", $"299 - \"{Escape(warning)}\"");
    }

    private static string Escape(string warning) =>
        string.Concat(warning.Select(letter => char.IsAscii(letter) && !char.IsControl(letter) ? letter : '?'))
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rollouts.Api.Requests;

/// <summary>Writes a JSON answer with its length, in one piece.</summary>
internal static class JsonAnswer
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync<T>(
        HttpContext http,
        T value,
        JsonTypeInfo<T> type,
        int status = StatusCodes.Status200OK,
        string contentType = "application/json")
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, Plain))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.WrittenCount;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted).AsTask();
    }
}

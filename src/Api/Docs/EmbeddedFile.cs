namespace Rollouts.Api.Docs;

/// <summary>A file that travels in the program.</summary>
internal sealed class EmbeddedFile(string name, string contentType)
{
    private readonly Lazy<byte[]> _bytes = new(() => Load(name));

    public Task GetAsync(HttpContext http)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = _bytes.Value.Length;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(_bytes.Value, http.RequestAborted).AsTask();
    }

    private static byte[] Load(string name)
    {
        using var stream = typeof(EmbeddedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no embedded file {name}.", nameof(name));
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.Tests.ApiServer.Http;

/// <summary>The events of one watch.</summary>
internal sealed class WatchLines(StreamReader lines) : IDisposable
{
    /// <summary>The next event that is no bookmark, as its type and the object's name; null at the end.</summary>
    public async Task<string?> NextAsync()
    {
        while (await ReadAsync() is { } line)
        {
            if (line.Text("type") != "BOOKMARK")
                return $"{line.Text("type")} {line.Child("object")!.Metadata.Text("name")}";
        }
        return null;
    }

    public async Task<JsonObject?> ReadAsync() =>
        await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            ? JsonNode.Parse(line)!.AsObject()
            : null;

    public void Dispose() => lines.Dispose();
}

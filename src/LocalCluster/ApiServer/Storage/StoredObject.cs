using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Storage;

/// <summary>
/// One version of one object: immutable bytes, so that readers on any thread need no lock and lists need no copying.
/// </summary>
internal sealed class StoredObject
{
    private StoredObject(ObjectKey key, long resourceVersion, JsonObject body)
    {
        Key = key;
        ResourceVersion = resourceVersion;
        Json = Encoding.UTF8.GetBytes(body.ToJsonString());
        var metadata = body.Metadata;
        Uid = metadata.Text("uid") ?? "";
        Labels = metadata.TextMap("labels");
        Owners = [.. OwnerReference.ReadAll(metadata)];
    }

    public ObjectKey Key { get; }

    public long ResourceVersion { get; }

    public string Uid { get; }

    public ReadOnlyMemory<byte> Json { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<OwnerReference> Owners { get; }

    /// <summary>
    /// Takes the body over: it gets the resource version written into it and must not be used by the caller again.
    /// </summary>
    public static StoredObject From(ObjectKey key, long resourceVersion, JsonObject body)
    {
        body.Metadata["resourceVersion"] = resourceVersion.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(key, resourceVersion, body);
    }

    /// <summary>What a dry run would have stored: as it was, without a resource version of its own.</summary>
    public static StoredObject Unstored(ObjectKey key, JsonObject body) => new(key, 0, body);

    public JsonObject Copy() => JsonNode.Parse(Json.Span)!.AsObject();
}

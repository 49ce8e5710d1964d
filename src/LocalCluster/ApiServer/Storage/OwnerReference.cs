using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Storage;

internal sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool BlocksOwnerDeletion)
{
    public static IEnumerable<OwnerReference> ReadAll(JsonObject metadata)
    {
        foreach (var node in metadata["ownerReferences"] as JsonArray ?? [])
        {
            if (node is JsonObject owner)
            {
                yield return new OwnerReference(
                    owner.Text("apiVersion") ?? "",
                    owner.Text("kind") ?? "",
                    owner.Text("name") ?? "",
                    owner.Text("uid") ?? "",
                    owner.Flag("blockOwnerDeletion"));
            }
        }
    }
}

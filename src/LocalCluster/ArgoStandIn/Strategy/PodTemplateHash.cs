using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ArgoStandIn.Strategy;

/// <summary>
/// A short name for a pod template: FNV-1a over its canonical JSON, in Kubernetes' alphabet without vowels. The values
/// differ from Argo's, which hashes Go structures; only equality matters.
/// </summary>
internal static class PodTemplateHash
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static string Of(JsonNode? template)
    {
        var canonical = new StringBuilder();
        Append(canonical, template);
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(canonical.ToString()))
            hash = unchecked((hash ^ octet) * 16777619u);
        return string.Concat(hash.ToString(CultureInfo.InvariantCulture)
            .Select(digit => Alphabet[digit % Alphabet.Length]));
    }

    /// <summary>Members in order of their names, nulls left out.</summary>
    private static void Append(StringBuilder target, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                target.Append('{');
                foreach (var (name, value) in map.Where(member => member.Value is not null)
                             .OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    target.Append(JsonValue.Create(name).ToJsonString()).Append(':');
                    Append(target, value);
                    target.Append(',');
                }
                target.Append('}');
                break;
            case JsonArray list:
                target.Append('[');
                foreach (var item in list)
                {
                    Append(target, item);
                    target.Append(',');
                }
                target.Append(']');
                break;
            default:
                target.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }
}

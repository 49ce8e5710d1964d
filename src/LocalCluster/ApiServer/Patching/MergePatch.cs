using System.Text.Json.Nodes;

namespace Rollouts.LocalCluster.ApiServer.Patching;

/// <summary>JSON merge patch. Source: RFC 7386, section 2.</summary>
internal static class MergePatch
{
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is not JsonObject change)
                target[name] = value.DeepClone();
            else
                Apply(Child(target, name), change);
        }
    }

    private static JsonObject Child(JsonObject target, string name)
    {
        if (target[name] is JsonObject existing)
            return existing;
        var made = new JsonObject();
        target[name] = made;
        return made;
    }
}

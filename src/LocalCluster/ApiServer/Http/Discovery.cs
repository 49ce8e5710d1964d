using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>
/// What is served: the documents that clients find resources by, in the plain and in the aggregated form.
/// </summary>
internal sealed class Discovery(ResourceCatalog catalog)
{
    private static readonly string[] Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];
    private static readonly string[] ReadVerbs = ["get"];

    /// <summary>The version of Kubernetes whose behaviour is followed.</summary>
    public static JsonObject Version() =>
        new()
        {
            ["major"] = "1",
            ["minor"] = "32",
            ["gitVersion"] = "v1.32.0-local-cluster",
            ["gitCommit"] = "",
            ["gitTreeState"] = "",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "",
            ["compiler"] = "",
            ["platform"] = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux/arm64" : "linux/amd64",
        };

    public static JsonObject CoreVersions() =>
        new()
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(),
        };

    public JsonObject Groups() =>
        new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. GroupNames().Select(Group)]),
        };

    public JsonObject? Group(string group)
    {
        var versions = Versions(group).Select(version => Version(group, version)).ToList();
        return group.Length == 0 || versions.Count == 0
            ? null
            : new JsonObject
            {
                ["kind"] = "APIGroup",
                ["apiVersion"] = "v1",
                ["name"] = group,
                ["versions"] = new JsonArray([.. versions]),
                ["preferredVersion"] = versions[0].DeepClone(),
            };
    }

    public JsonObject? Resources(string group, string version)
    {
        var kinds = Kinds(group, version);
        return kinds.Count == 0
            ? null
            : new JsonObject
            {
                ["kind"] = "APIResourceList",
                ["apiVersion"] = "v1",
                ["groupVersion"] = kinds[0].ApiVersion,
                ["resources"] = new JsonArray([.. kinds.SelectMany(Entries)]),
            };
    }

    public JsonObject Aggregated(bool isCore) =>
        new()
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. (isCore ? [""] : GroupNames()).Select(AggregatedGroup)]),
        };

    private IEnumerable<string> GroupNames() =>
        catalog.All.Select(kind => kind.Group).Where(group => group.Length > 0).Distinct();

    private IEnumerable<string> Versions(string group) =>
        catalog.All.Where(kind => kind.Group == group).Select(kind => kind.Version).Distinct();

    private List<ResourceKind> Kinds(string group, string version) =>
        [.. catalog.All.Where(kind => kind.Group == group && kind.Version == version)];

    private static JsonObject Version(string group, string version) =>
        new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static IEnumerable<JsonObject> Entries(ResourceKind kind)
    {
        yield return new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Singular,
            ["namespaced"] = kind.IsNamespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = Texts(VerbsOf(kind)),
            ["shortNames"] = Texts(kind.ShortNames),
            ["categories"] = Texts(kind.Categories),
        };
        foreach (var (name, responseKind, verbs) in Subresources(kind))
        {
            yield return new JsonObject
            {
                ["name"] = $"{kind.Plural}/{name}",
                ["singularName"] = "",
                ["namespaced"] = kind.IsNamespaced,
                ["group"] = responseKind.Group,
                ["version"] = responseKind.Version,
                ["kind"] = responseKind.Kind,
                ["verbs"] = Texts(verbs),
            };
        }
    }

    private JsonObject AggregatedGroup(string group) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = group, ["creationTimestamp"] = null },
            ["versions"] = new JsonArray([
                .. Versions(group)
                    .Select(version => new JsonObject
                    {
                        ["version"] = version,
                        ["freshness"] = "Current",
                        ["resources"] = new JsonArray([.. Kinds(group, version).Select(AggregatedResource)]),
                    }),
            ]),
        };

    private static JsonObject AggregatedResource(ResourceKind kind) =>
        new()
        {
            ["resource"] = kind.Plural,
            ["singularResource"] = kind.Singular,
            ["scope"] = kind.IsNamespaced ? "Namespaced" : "Cluster",
            ["responseKind"] = ResponseKind(kind.Group, kind.Version, kind.Kind),
            ["verbs"] = Texts(VerbsOf(kind)),
            ["shortNames"] = Texts(kind.ShortNames),
            ["categories"] = Texts(kind.Categories),
            ["subresources"] = new JsonArray([
                .. Subresources(kind)
                    .Select(subresource => new JsonObject
                    {
                        ["subresource"] = subresource.Name,
                        ["responseKind"] = ResponseKind(
                            subresource.Kind.Group,
                            subresource.Kind.Version,
                            subresource.Kind.Kind),
                        ["verbs"] = Texts(subresource.Verbs),
                    }),
            ]),
        };

    private static IEnumerable<(
        string Name,
        (string Group, string Version, string Kind) Kind,
        string[] Verbs)> Subresources(ResourceKind kind)
    {
        var own = (kind.Group, kind.Version, kind.Kind);
        if (kind.HasStatusSubresource)
            yield return ("status", own, SubresourceVerbs);
        if (kind.Scale is not null)
            yield return ("scale", ("autoscaling", "v1", "Scale"), SubresourceVerbs);
        if (kind.Resource == "pods")
        {
            yield return ("log", own, ReadVerbs);
            yield return ("proxy", ("", "v1", "PodProxyOptions"), ReadVerbs);
        }
    }

    private static IEnumerable<string> VerbsOf(ResourceKind kind) =>
        kind.IsNamespaced ? Verbs.Append("deletecollection") : Verbs;

    private static JsonObject ResponseKind(string group, string version, string kind) =>
        new()
        {
            ["group"] = group,
            ["version"] = version,
            ["kind"] = kind,
        };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}

using Rollouts.LocalCluster.ApiServer.Resources;

namespace Rollouts.LocalCluster.ApiServer.Http;

/// <summary>What a path below <c>/api</c> or <c>/apis</c> addresses.</summary>
/// <param name="Namespace">Null for a cluster-scoped object, and for all namespaces.</param>
/// <param name="Name">Null for the collection.</param>
internal sealed record RequestPath(ResourceKind Kind, string? Namespace, string? Name, string? Subresource)
{
    /// <exception cref="ApiException">404: nothing is served there.</exception>
    public static RequestPath Parse(string[] segments, ResourceCatalog catalog) =>
        segments switch
        {
            ["api", var version, .. var rest] => Parse(catalog, "", version, rest),
            ["apis", var group, var version, .. var rest] => Parse(catalog, group, version, rest),
            _ => throw ApiException.NoSuchPath(),
        };

    private static RequestPath Parse(ResourceCatalog catalog, string group, string version, string[] rest)
    {
        if (rest is ["namespaces", var @namespace, var plural, .. var tail] && plural is not ("status" or "finalize"))
        {
            var kind = Find(catalog, group, version, plural);
            return kind.IsNamespaced ? Below(kind, @namespace, tail) : throw ApiException.NoSuchPath();
        }
        if (rest.Length == 0)
            throw ApiException.NoSuchPath();
        var found = Find(catalog, group, version, rest[0]);
        return found.IsNamespaced && rest.Length > 1 ? throw ApiException.NoSuchPath() : Below(found, null, rest[1..]);
    }

    private static ResourceKind Find(ResourceCatalog catalog, string group, string version, string plural) =>
        catalog.Find(group, version, plural)
        ?? throw ApiException.NotModelled($"{plural} of {(group.Length == 0 ? version : $"{group}/{version}")}");

    private static RequestPath Below(ResourceKind kind, string? @namespace, string[] tail) =>
        tail switch
        {
            [] => new RequestPath(kind, @namespace, null, null),
            [var name] => new RequestPath(kind, @namespace, name, null),
            [var name, var subresource] => new RequestPath(kind, @namespace, name, subresource),
            _ => throw ApiException.NoSuchPath(),
        };
}

using System.Collections.Immutable;

namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>Which kinds are served now. Readers see one immutable list; CRDs that come and go replace it.</summary>
internal sealed class ResourceCatalog(IEnumerable<ResourceKind> builtIn)
{
    private ImmutableList<ResourceKind> _kinds = [.. builtIn];

    public IReadOnlyList<ResourceKind> All => Volatile.Read(ref _kinds);

    /// <param name="resource"><c>plural</c> or <c>plural.group</c>.</param>
    public ResourceKind? Find(string resource) => All.FirstOrDefault(kind => kind.Resource == resource);

    public ResourceKind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);

    public ResourceKind? FindKind(string apiVersion, string kind) =>
        All.FirstOrDefault(candidate => candidate.ApiVersion == apiVersion && candidate.Kind == kind);

    public void Serve(ResourceKind kind) =>
        ImmutableInterlocked.Update(
            ref _kinds,
            kinds => kinds.RemoveAll(other => other.Resource == kind.Resource).Add(kind));

    public void Withdraw(string resource) =>
        ImmutableInterlocked.Update(ref _kinds, kinds => kinds.RemoveAll(other => other.Resource == resource));
}

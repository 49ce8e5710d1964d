using System.Globalization;
using System.Text;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ApiServer.Storage;

namespace Rollouts.LocalCluster.ApiServer.Requests;

/// <param name="Namespace">Null for all.</param>
internal sealed record ObjectFilter(string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    public bool Matches(StoredObject candidate) =>
        (Namespace is null || candidate.Key.Namespace == Namespace)
        && Labels.Matches(candidate.Labels)
        && Fields.Matches(candidate);
}

/// <param name="ResourceVersion">Null for the newest; see <see cref="ObjectReads"/>.</param>
/// <param name="Limit">0 for no paging.</param>
internal sealed record ListQuery(ObjectFilter Filter, long? ResourceVersion, bool IsExact, int Limit, string? Continue);

/// <param name="Continue">Null on the last page.</param>
internal sealed record ObjectPage(
    long ResourceVersion,
    IReadOnlyList<StoredObject> Objects,
    string? Continue,
    int RemainingCount);

/// <summary>
/// Lists with Kubernetes' meaning of resourceVersion (API concepts, "Semantics for get and list"): unset or 0 is the
/// newest state, another version is "not older than" unless resourceVersionMatch=Exact. Pages of one list show one
/// version.
/// </summary>
internal sealed class ObjectReads(ObjectStore store)
{
    public ObjectPage List(ResourceKind kind, ListQuery query)
    {
        var token = query.Continue is { } text ? ReadToken(text) : null;
        var snapshot = token is { } page
            ? store.ListAt(kind.Resource, page.ResourceVersion)
                ?? throw Expired("The provided continue parameter is too old to display a consistent list result.")
            : Snapshot(kind, query);
        var matching = snapshot.Objects.Where(query.Filter.Matches);
        if (token is { } start)
            matching = matching.Where(found => found.Key.CompareTo(kind.Key(start.Namespace, start.Name)) > 0);
        var objects = matching.ToList();
        if (query.Limit <= 0 || objects.Count <= query.Limit)
            return new ObjectPage(snapshot.ResourceVersion, objects, null, 0);
        var last = objects[query.Limit - 1].Key;
        return new ObjectPage(
            snapshot.ResourceVersion,
            objects.GetRange(0, query.Limit),
            WriteToken(new PageStart(snapshot.ResourceVersion, last.Namespace, last.Name)),
            objects.Count - query.Limit);
    }

    private static ApiException Expired(string message) =>
        ApiException.Expired($"{message} This server remembers a bounded number of changes; list again without it.");

    private ObjectSnapshot Snapshot(ResourceKind kind, ListQuery query)
    {
        var now = store.List(kind.Resource);
        if (query.ResourceVersion is not { } wanted || wanted == 0)
            return now;
        if (wanted > now.ResourceVersion)
        {
            throw new ApiException(
                new ApiStatus(504, "Timeout", $"Too large resource version: {wanted}, current: {now.ResourceVersion}")
                {
                    Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", "")],
                    RetryAfterSeconds = 1,
                });
        }
        return !query.IsExact
            ? now
            : store.ListAt(kind.Resource, wanted)
                ?? throw Expired($"The resource version {wanted} is too old for an exact list.");
    }

    private static string WriteToken(PageStart start) =>
        Convert.ToBase64String(
            Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{start.ResourceVersion}/{start.Namespace}/{start.Name}"))
        );

    private static PageStart ReadToken(string token)
    {
        var bytes = new byte[token.Length];
        if (
            Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split('/') is [var version, var @namespace, var name]
            && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var resourceVersion))
        {
            return new PageStart(resourceVersion, @namespace, name);
        }
        throw ApiException.BadRequest("continue key is not valid");
    }

    private sealed record PageStart(long ResourceVersion, string Namespace, string Name);
}

using System.Collections.Immutable;

using Rollouts.Analysis.Observation;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Profiles;

/// <summary>
/// Which names a framework gives to requests, their status and their duration: one row of the detection table.
/// </summary>
public sealed record RequestProfile
{
    /// <summary>Stable name, for policies, logs and metrics. Several rows may be shapes of one framework.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Sample name of the request count; the histogram's own <c>_count</c> where there is no counter.
    /// </summary>
    public required string Requests { get; init; }

    /// <summary>Labels of the request count that tell the outcome; the first that is understood decides.</summary>
    public required ImmutableArray<StatusLabel> Status { get; init; }

    /// <summary>Family name of the duration histogram; null where there is none.</summary>
    public string? Duration { get; init; }

    /// <summary>1 for seconds, 1000 for milliseconds.</summary>
    public double UnitsPerSecond { get; init; } = 1;

    /// <summary>Labels that tell the route; of a series, the first that it carries.</summary>
    public ImmutableArray<string> Routes { get; init; } = [];

    /// <summary>Labels without which a request count is another framework's of the same name.</summary>
    public ImmutableArray<string> Requires { get; init; } = [];

    /// <summary>The series that count the pod's own requests, each once; null where all do.</summary>
    public SeriesFilter? Only { get; init; }

    /// <summary>
    /// Routes that are never traffic, beside those that a policy excludes; a trailing <c>*</c> matches every ending.
    /// </summary>
    public ImmutableArray<string> NeverTraffic { get; init; } = [];

    /// <summary>How the request of a series ended.</summary>
    public Outcome OutcomeOf(Labels labels)
    {
        foreach (var (name, words) in Status)
        {
            if (OutcomeLabel.Read(labels[name], words) is not Outcome.Unknown and var outcome)
            {
                return outcome;
            }
        }

        return Outcome.Unknown;
    }

    /// <summary>The route of a series; null when it names none.</summary>
    public string? RouteOf(Labels labels)
    {
        foreach (var name in Routes)
        {
            if (labels[name] is { } route)
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>Whether a series counts requests of users: of this pod, and of no excluded route.</summary>
    public bool IsTraffic(Labels labels, ImmutableArray<string> excludedRoutes)
    {
        if (Only is { } only && !only.Selects(labels))
        {
            return false;
        }

        // Some frameworks name a route without the slash that leads it.
        return RouteOf(labels) is not { } route
            || (!NameFilter.Matches(NeverTraffic, route)
                && !NameFilter.Matches(excludedRoutes, route)
                && (route.StartsWith('/') || !NameFilter.Matches(excludedRoutes, "/" + route)));
    }
}

/// <summary>A label that tells how a request ended, and in which words.</summary>
public readonly record struct StatusLabel(string Name, StatusWords Words = StatusWords.Http);

/// <summary>Series of which a label has one of these values; a trailing <c>*</c> matches every ending.</summary>
public sealed record SeriesFilter(string Label, ImmutableArray<string> Values)
{
    /// <summary>Whether a series is one of them.</summary>
    public bool Selects(Labels labels) => labels[Label] is { } value && NameFilter.Matches(Values, value);
}

using System.Collections.Immutable;

using Rollouts.Exposition;

namespace Rollouts.Analysis.Profiles;

/// <summary>What the default metrics read from one scrape by one profile: for a person, and for tests.</summary>
public sealed record RequestReading
{
    private const string Bucket = "_bucket";

    /// <summary>Requests of users since the pod started.</summary>
    public required double Requests { get; init; }

    /// <summary>Of these, answered with a server error.</summary>
    public required double Errors { get; init; }

    /// <summary>Of these, answered with a client error.</summary>
    public required double ClientErrors { get; init; }

    /// <summary>Values of the status labels that are not understood; their requests count, and for no error.</summary>
    public required ImmutableArray<string> UnknownStatuses { get; init; }

    /// <summary>Routes that count.</summary>
    public required ImmutableArray<string> Routes { get; init; }

    /// <summary>Routes that are left out: probes, scrapes, and what the policy excludes.</summary>
    public required ImmutableArray<string> ExcludedRoutes { get; init; }

    /// <summary>Upper bounds of the histogram's finite buckets in seconds, ascending.</summary>
    public required ImmutableArray<double> Boundaries { get; init; }

    /// <summary>Why there is no latency; null when there is.</summary>
    public required string? NoLatency { get; init; }

    /// <summary>Reads a scrape that the profile was detected in.</summary>
    public static RequestReading Of(
        ImmutableArray<MetricFamily> families, RequestProfile profile, ImmutableArray<string> excludedRoutes)
    {
        double requests = 0, errors = 0, clientErrors = 0;
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        var routes = new SortedSet<string>(StringComparer.Ordinal);
        var excluded = new SortedSet<string>(StringComparer.Ordinal);
        var bounds = new SortedSet<double>();
        foreach (var sample in families.SelectMany(family => family.Samples))
        {
            var isBucket = IsBucketOf(sample.Name, profile.Duration);
            if (sample.Name != profile.Requests && !isBucket)
            {
                continue;
            }

            var isTraffic = profile.IsTraffic(sample.Labels, excludedRoutes);
            if (isBucket)
            {
                if (isTraffic && sample.Labels.TryGetNumber("le", out var bound) && double.IsFinite(bound))
                {
                    bounds.Add(bound / profile.UnitsPerSecond);
                }

                continue;
            }

            if (profile.RouteOf(sample.Labels) is { } route && profile.Only?.Selects(sample.Labels) != false)
            {
                (isTraffic ? routes : excluded).Add(route);
            }

            if (!isTraffic || !double.IsFinite(sample.Value))
            {
                continue;
            }

            requests += sample.Value;
            switch (profile.OutcomeOf(sample.Labels))
            {
                case Outcome.ServerError:
                    errors += sample.Value;
                    break;
                case Outcome.ClientError:
                    clientErrors += sample.Value;
                    break;
                case Outcome.Unknown:
                    unknown.Add(string.Join(" ", profile.Status.Select(label => sample.Labels[label.Name])
                        .Where(value => !string.IsNullOrEmpty(value))));
                    break;
                case Outcome.Success:
                    break;
            }
        }

        return new RequestReading
        {
            Requests = requests,
            Errors = errors,
            ClientErrors = clientErrors,
            UnknownStatuses = [.. unknown],
            Routes = [.. routes],
            ExcludedRoutes = [.. excluded],
            Boundaries = [.. bounds],
            NoLatency = bounds.Count > 0 ? null : WhyNoLatency(families, profile),
        };
    }

    private static string WhyNoLatency(ImmutableArray<MetricFamily> families, RequestProfile profile) =>
        profile.Duration is not { } duration ? "no duration with a unit in its name is exported"
        : families.FirstOrDefault(family => family.Name == duration) is not { } family
            ? $"{duration} is not exported"
        : family.Type == MetricType.Summary ? $"{duration} is a summary: it has no buckets"
        : $"{duration} has no buckets of requests that count";

    private static bool IsBucketOf(string sample, string? family) =>
        family is not null
        && sample.Length == family.Length + Bucket.Length
        && sample.StartsWith(family, StringComparison.Ordinal)
        && sample.EndsWith(Bucket, StringComparison.Ordinal);
}

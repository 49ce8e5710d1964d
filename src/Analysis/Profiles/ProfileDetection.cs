using System.Collections.Immutable;

using Rollouts.Exposition;

namespace Rollouts.Analysis.Profiles;

/// <summary>
/// Finds the profile that a scrape fits: a row of the table, else a family that looks like one of requests.
/// </summary>
public static class ProfileDetection
{
    /// <summary>The profile of a scrape; null when it exports nothing that counts requests by status.</summary>
    /// <param name="wanted">Name of the profile that the policy asks for; null to detect it.</param>
    public static RequestProfile? Detect(ImmutableArray<MetricFamily> families, string? wanted)
    {
        foreach (var row in ProfileTable.Rows)
        {
            if ((wanted is null || wanted == row.Name) && FindRequests(families, row) == RowFit.Fits)
            {
                return row;
            }
        }

        return wanted is null or ProfileTable.Generic ? GenericProfile.Find(families) : null;
    }

    /// <summary>As <see cref="Detect"/>, with what was looked at on the way: for a person.</summary>
    public static ProfileReport Explain(ImmutableArray<MetricFamily> families, string? wanted)
    {
        var rejected = ImmutableArray.CreateBuilder<RejectedProfile>();
        var picked = Detect(families, wanted);
        foreach (var row in ProfileTable.Rows)
        {
            if (ReferenceEquals(row, picked))
            {
                continue;
            }

            var fit = FindRequests(families, row);
            if (Complaint(row, fit, wanted, picked) is { } why)
            {
                rejected.Add(new RejectedProfile(row.Name, row.Requests, why));
            }
        }

        var refused = ProfileTable.Refused.Where(family => HasSample(families, family.Requests)).ToList();
        rejected.AddRange(refused.Select(family =>
            new RejectedProfile(family.Name, family.Requests, $"{family.Reason}: {family.Message}")));
        var withoutStatus = GenericProfile.WithoutStatus(families)
            .Where(name => refused.TrueForAll(family => family.Requests != name)).ToList();
        if (picked is null)
        {
            rejected.AddRange(withoutStatus.Select(name => new RejectedProfile(
                ProfileTable.Generic, name, $"{ProfileRefusal.NoStatusLabel}: no label tells how a request ended")));
        }

        return new ProfileReport(picked, rejected.ToImmutable(), picked is not null ? null
            : refused is [var first, ..] ? first.Reason
            : withoutStatus.Count > 0 ? ProfileRefusal.NoStatusLabel
            : wanted is not null && Detect(families, null) is not null ? ProfileRefusal.ProfileNotExported
            : ProfileRefusal.NoRequestMetric);
    }

    private static string? Complaint(
        RequestProfile row, RowFit fit, string? wanted, RequestProfile? picked) => fit switch
    {
        RowFit.Absent => null,
        RowFit.OtherLabels => row.Name == picked?.Name || row.Requests == picked?.Requests
            ? null
            : "its series lack a label of " + string.Join(", ", row.Requires.Concat(
                row.Status.Select(label => label.Name))),
        RowFit.Elsewhere => $"no series has {row.Only!.Label} in {string.Join(", ", row.Only.Values)}: "
            + "what it counts is not, or not only, this pod's own traffic",
        RowFit.Fits => wanted is not null && wanted != row.Name ? $"the policy asks for {wanted}"
            : row.Name == picked?.Name ? null
            : $"{picked?.Name} comes before it",
    };

    private enum RowFit
    {
        Absent,
        OtherLabels,
        Elsewhere,
        Fits,
    }

    private static RowFit FindRequests(ImmutableArray<MetricFamily> families, RequestProfile row)
    {
        var fit = RowFit.Absent;
        foreach (var family in families)
        {
            if (family.Samples.IsEmpty || !Owns(family, row.Requests))
            {
                continue;
            }

            foreach (var sample in family.Samples)
            {
                if (sample.Name != row.Requests)
                {
                    continue;
                }

                var found = !HasLabels(sample.Labels, row) ? RowFit.OtherLabels
                    : row.Only is { } only && !only.Selects(sample.Labels) ? RowFit.Elsewhere
                    : RowFit.Fits;
                if (found == RowFit.Fits)
                {
                    return found;
                }

                fit = found > fit ? found : fit;
            }
        }

        return fit;
    }

    private static bool HasLabels(Labels labels, RequestProfile row)
    {
        foreach (var name in row.Requires)
        {
            if (labels[name] is null)
            {
                return false;
            }
        }

        foreach (var (name, _) in row.Status)
        {
            if (labels[name] is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasSample(ImmutableArray<MetricFamily> families, string name) =>
        families.Any(family => Owns(family, name) && family.Samples.Any(sample => sample.Name == name));

    private static bool Owns(MetricFamily family, string sample) =>
        sample.StartsWith(family.Name, StringComparison.Ordinal)
        && sample.AsSpan(family.Name.Length) is "" or "_total" or "_count";
}

using System.Collections.Immutable;
using System.Globalization;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>Whether what the two arms export can be compared, and what stands in the way.</summary>
/// <param name="Words">One sentence each.</param>
internal sealed record ArmComparison(bool IsCompatible, ImmutableArray<string> Words)
{
    private static readonly string[] Arms = ["stable", "canary"];

    public static ArmComparison Of(ImmutableArray<SourceExplanation> sources)
    {
        var read = sources.Where(source => source.Reading?.Profile.Picked is not null).ToList();
        var missing = Arms.Where(arm => read.TrueForAll(source => source.Arm != arm)).ToList();
        if (missing.Count > 0)
        {
            return new ArmComparison(false, [$"nothing to read from {string.Join(" and from ", missing)}"]);
        }

        var profiles = read.Select(source => (source.Arm, source.Reading!.Profile.Picked!.Name)).Distinct().ToList();
        if (profiles.Select(profile => profile.Name).Distinct().Skip(1).Any())
        {
            var names = profiles.Select(profile => $"{profile.Arm} exports {profile.Name}");
            return new ArmComparison(false, [$"ProfileMismatch: {string.Join(", ", names)}"]);
        }

        return OfBoundaries(
            $"both arms export {profiles[0].Name}",
            [.. read.Select(source => source.Reading!.Requests!.Boundaries).Where(bounds => !bounds.IsEmpty)]
        );
    }

    private static ArmComparison OfBoundaries(string same, ImmutableArray<ImmutableArray<double>> histograms)
    {
        if (histograms.IsEmpty || histograms.All(bounds => bounds.SequenceEqual(histograms[0])))
        {
            return new ArmComparison(true, [same]);
        }

        var common = histograms.Aggregate((left, right) => [.. left.Intersect(right)]);
        return common.IsEmpty
            ? new ArmComparison(false, [same, "their histograms have no boundary in common: latency is not judged"])
            : new ArmComparison(
                true,
                [
                    same,
                    "their histograms differ; latency is judged at the common boundaries only: "
                        + string.Join(", ", common.Select(bound => bound.ToString(CultureInfo.InvariantCulture)))
                        + " s",
                ]
            );
    }
}

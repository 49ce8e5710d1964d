using System.Collections.Immutable;

namespace Rollouts.Analysis.Observation;

/// <summary>Names, of which one that ends in <c>*</c> stands for every ending.</summary>
internal static class NameFilter
{
    public static bool Matches(ImmutableArray<string> patterns, string name)
    {
        foreach (var pattern in patterns)
        {
            var isMatch = pattern.EndsWith('*')
                ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
                : pattern == name;
            if (isMatch)
            {
                return true;
            }
        }

        return false;
    }
}

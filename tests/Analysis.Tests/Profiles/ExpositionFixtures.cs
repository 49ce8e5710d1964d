using System.Collections.Immutable;

using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Profiles;

/// <summary>What services of every framework that is known expose, as far as it can be read.</summary>
internal static class ExpositionFixtures
{
    public static IEnumerable<ImmutableArray<MetricFamily>> All()
    {
        var assembly = typeof(ExpositionFixtures).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".txt")).Order())
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            if (ExpositionReader.Read(bytes.ToArray()) is ExpositionResult.Read { Families.IsEmpty: false } read)
            {
                yield return read.Families;
            }
        }
    }
}

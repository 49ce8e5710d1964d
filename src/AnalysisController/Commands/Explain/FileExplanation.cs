using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>Explains files that hold what pods answered to a scrape; needs no cluster.</summary>
internal static class FileExplanation
{
    private const int MostBytes = 256 * 1024 * 1024;

    /// <param name="canary">Null to explain one file without comparing.</param>
    /// <exception cref="InvalidDataException">A file cannot be read; the message names it and says why.</exception>
    public static async Task<Explanation> OfAsync(
        string file,
        string? canary,
        AnalysisSpec spec,
        CancellationToken cancellation
    )
    {
        var first = await ReadAsync(file, canary is null ? "" : "stable", spec, cancellation);
        ImmutableArray<SourceExplanation> sources =
            canary is null ? [first] : [first, await ReadAsync(canary, "canary", spec, cancellation)];
        return new Explanation(
            canary is null ? file : $"{file} as stable, {canary} as canary",
            spec.Profile is null ? "the defaults of the judge" : $"the defaults of the judge, profile {spec.Profile}",
            [],
            sources,
            canary is null ? null : ArmComparison.Of(sources)
        );
    }

    private static async Task<SourceExplanation> ReadAsync(
        string file,
        string arm,
        AnalysisSpec spec,
        CancellationToken cancellation
    )
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MostBytes and var length })
            {
                throw new InvalidDataException($"{file}: {length} bytes, at most {MostBytes} are read");
            }

            bytes = await File.ReadAllBytesAsync(file, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }

        return ExpositionReader.Read(bytes) switch
        {
            ExpositionResult.Read(var families) => new SourceExplanation
            {
                Name = file,
                Arm = arm,
                Result = SourceExplanation.Answered,
                Reading = ScrapeReading.Of(families, spec),
            },
            ExpositionResult.Malformed(var line, var message) => throw new InvalidDataException(
                $"{file}: line {line}: {message}"
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}

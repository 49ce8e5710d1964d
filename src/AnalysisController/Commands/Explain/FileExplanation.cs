using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Exposition;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>Explains files that hold what pods answered to a scrape; needs no cluster.</summary>
internal static class FileExplanation
{
    private const int MostBytes = 256 * 1024 * 1024;

    private const string StandardInput = "-";

    /// <param name="canary">Null to explain one file without comparing.</param>
    /// <exception cref="InvalidDataException">A file cannot be read; the message names it and says why.</exception>
    public static async Task<Explanation> OfAsync(
        string file,
        string? canary,
        AnalysisSpec spec,
        CancellationToken cancellation
    )
    {
        if (file == StandardInput && canary == StandardInput)
        {
            throw new InvalidDataException("standard input cannot be both files; name one of them");
        }

        var first = await ReadAsync(file, canary is null ? "" : "stable", spec, cancellation);
        ImmutableArray<SourceExplanation> sources =
            canary is null ? [first] : [first, await ReadAsync(canary, "canary", spec, cancellation)];
        return new Explanation(
            canary is null ? NameOf(file) : $"{NameOf(file)} as stable, {NameOf(canary)} as canary",
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
        var name = NameOf(file);
        return ExpositionReader.Read(await BytesAsync(file, cancellation)) switch
        {
            ExpositionResult.Read(var families) when families.All(family => family.Samples.Length == 0) =>
                throw new InvalidDataException(
                    $"{name}: there is no metric in it; want what a pod answers to GET /metrics"
                ),
            ExpositionResult.Read(var families) => new SourceExplanation
            {
                Name = name,
                Arm = arm,
                Result = SourceExplanation.Answered,
                Reading = ScrapeReading.Of(families, spec),
            },
            ExpositionResult.Malformed(var line, var message) => throw new InvalidDataException(
                $"{name}: line {line}: {message}"
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static string NameOf(string file) => file == StandardInput ? "standard input" : file;

    /// <exception cref="InvalidDataException">It cannot be read, or is too long.</exception>
    private static async Task<byte[]> BytesAsync(string file, CancellationToken cancellation)
    {
        try
        {
            await using var stream =
                file == StandardInput ? Console.OpenStandardInput() : File.OpenRead(file);
            using var read = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                await read.WriteAsync(buffer.AsMemory(0, count), cancellation);
                if (read.Length > MostBytes)
                {
                    throw new InvalidDataException($"{NameOf(file)}: at most {MostBytes} bytes are read");
                }
            }

            return read.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{NameOf(file)}: {e.Message}", e);
        }
    }
}

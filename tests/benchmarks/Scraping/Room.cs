using System.Diagnostics;
using System.Globalization;
using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition;

namespace Rollouts.benchmarks.Scraping;

/// <summary>How many pods of one Rollout fit into the memory of a round, and how long reading them takes.</summary>
internal static class Room
{
    private const int Enough = 10_000;

    public static void Measure(string kind, Func<int, byte[]> bodyOf)
    {
        var limits = new ScrapeLimits();
        var shelf = new ReaderShelf(limits.Reading, limits.RememberedBytes, TimeProvider.System);
        var judged = JudgedFamilies.By([new AnalysisSpec()]);
        using var round = new RoundReading(
            new ScrapeMemory(limits.MemoryBytes - limits.RememberedBytes), shelf, "shop", judged.Contains);
        var pods = 0;
        var reading = TimeSpan.Zero;
        while (pods < Enough)
        {
            var body = bodyOf(pods);
            var before = Stopwatch.GetTimestamp();
            if (round.Read(body, "text/plain") is not ExpositionResult.Read)
            {
                break;
            }

            reading += Stopwatch.GetElapsedTime(before);
            pods++;
        }

        var more = pods == Enough ? "at least " : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}: a round of {more}{pods:#,0} pods with 2,000 series ({bodyOf(0).Length / 1000} KB) each fits; "
            + $"{reading.TotalSeconds * 1_000 / pods:0.000} s to read 1,000 bodies"));
    }
}

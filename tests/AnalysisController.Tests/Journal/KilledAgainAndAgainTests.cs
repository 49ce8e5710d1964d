using System.Net;
using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>Writes fail and processes are killed, by seed.</summary>
public sealed class KilledAgainAndAgainTests
{
    [Fact]
    public async Task Whatever_fails_and_whenever_it_is_killed_the_journal_has_each_interval_of_the_evidence_once()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            using var test = new JournaledWorld();
            var complaint = await FailAndKillAsync(test, new Random(seed));
            Assert.True(complaint is null, $"seed {seed}: {complaint}");
        }
    }

    /// <summary>Writes are refused, or done without our hearing of it, for some seconds; then a kill.</summary>
    private static async Task<string?> FailAndKillAsync(JournaledWorld journaled, Random random)
    {
        journaled.Create("run-1", "\"minimumStepSeconds\": 50, \"deadlineSeconds\": 90");
        for (var kill = 0; kill < 6; kill++)
        {
            journaled.World.Server.Refuse = random.Next(2) == 0 ? _ => HttpStatusCode.ServiceUnavailable : null;
            journaled.World.Server.Lose = random.Next(3) == 0 ? JournaledWorld.LoseAnswer : null;
            await journaled.World.RunAsync(TimeSpan.FromSeconds(random.NextDouble() * 12));
            (journaled.World.Server.Refuse, journaled.World.Server.Lose) = (null, null);
            await journaled.World.RunAsync(TimeSpan.FromSeconds(random.NextDouble() * 3));
            if (random.Next(3) == 0)
            {
                await journaled.World.FlushJournalAsync();
            }

            journaled.Kill();
        }

        await journaled.World.RunAsync(TimeSpan.FromSeconds(100));
        var lines = (await journaled.ReadAsync()).Where(line => !JournaledWorld.IsEnd(line)).ToList();
        return lines.Count != journaled.Patched.Intervals
                ? $"{journaled.Patched.Intervals} intervals, {lines.Count} lines:\n{string.Join('\n', lines)}"
            : !lines.OrderBy(SecondsOf).SequenceEqual(lines) ? $"time goes back:\n{string.Join('\n', lines)}"
            : null;
    }

    private static double SecondsOf(string line) => (double)JsonNode.Parse(line)!["t"]!;
}

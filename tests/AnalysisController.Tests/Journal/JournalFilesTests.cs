using Rollouts.AnalysisController.Journal;
using static Rollouts.AnalysisController.Tests.Journal.JournalEntries;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>Files of the journal among others: of earlier runs, of ended ones, and too many.</summary>
public sealed class JournalFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    private string Path => JournalFile.PathOf(_folder, Run);

    [Fact]
    public void A_run_that_went_on_with_anothers_evidence_begins_with_that_evidence_and_a_step()
    {
        var earlier = Run with { Uid = "fedcba9876543210" };
        JournalFile.Append(_folder, Entry(earlier, Interval(10), Step(10), Interval(20), Interval(30)));
        var fork = new JournalFork(earlier, 2, 25);

        JournalFile.Append(_folder, Entry(Run, Interval(35)) with { Fork = fork });
        JournalFile.Append(_folder, Entry(Run, Interval(45)) with { Fork = fork });

        Assert.Equal(
            [Spec, Interval(10), Step(10), Interval(20), Step(25), Interval(35), Interval(45)],
            File.ReadAllLines(Path)
        );
    }

    [Fact]
    public void The_tail_of_a_run_is_added_to_a_file_that_is_there_and_makes_none()
    {
        Assert.Equal(0, JournalFile.Append(_folder, Entry(Run, Interval(10)) with { IsTail = true }));
        Assert.False(File.Exists(Path));
        Append(Interval(10));

        Assert.Equal(1, JournalFile.Append(_folder, Entry(Run, Interval(20)) with { IsTail = true }));
    }

    [Fact]
    public void The_files_written_longest_ago_go_first_when_the_journal_is_full()
    {
        for (var i = 0; i < 5; i++)
        {
            var run = Run with { Uid = $"uid-000{i}" };
            JournalFile.Append(_folder, Entry(run, Interval(10)));
            var writtenAt = new DateTime(2026, 1, 1, i, 0, 0, DateTimeKind.Utc);
            File.SetLastWriteTimeUtc(JournalFile.PathOf(_folder, run), writtenAt);
        }

        var size = new FileInfo(JournalFile.PathOf(_folder, Run with { Uid = "uid-0000" })).Length;
        JournalRetention.Prune(new JournalOptions(_folder, (size * 2) + 10));

        Assert.Equal(
            ["cart-6f9c-2-1.uid-0003.jsonl", "cart-6f9c-2-1.uid-0004.jsonl"],
            Directory.GetFiles(System.IO.Path.Combine(_folder, "shop")).Select(System.IO.Path.GetFileName).Order()
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Append(params string[] lines) => JournalFile.Append(_folder, Entry(Run, lines));
}

using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>One file of the journal: what an append adds, whatever it finds.</summary>
public sealed class JournalFileTests : IDisposable
{
    private static readonly JournalRun Run = new(new ObjectKey("shop", "cart-6f9c-2-1"), "0123456789abcdef");

    private static readonly string Spec = SpecLine.Write(Presets.Fast);

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    private string Path => JournalFile.PathOf(_folder, Run);

    [Fact]
    public void A_file_is_named_after_the_run_and_begins_with_the_policy()
    {
        Append(Interval(10));

        Assert.Equal(System.IO.Path.Combine(_folder, "shop", "cart-6f9c-2-1.01234567.jsonl"), Path);
        Assert.Equal([Spec, Interval(10)], File.ReadAllLines(Path));
    }

    [Fact]
    public void A_line_is_added_once_however_often_it_comes()
    {
        Append(Interval(10), Interval(20));
        Append(Interval(20), Interval(30));
        Append(Interval(30));
        Append(Interval(10));

        Assert.Equal([Spec, Interval(10), Interval(20), Interval(30)], File.ReadAllLines(Path));
    }

    [Fact]
    public void A_step_comes_after_the_interval_that_ends_with_it_and_is_not_taken_for_it()
    {
        Append(Interval(10));
        Append(Interval(10), Step(10));
        Append(Step(10), Interval(20));

        Assert.Equal([Spec, Interval(10), Step(10), Interval(20)], File.ReadAllLines(Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void A_torn_last_line_is_cut_off_and_written_again(int missing)
    {
        Append(Interval(10), Interval(20));
        using (var file = File.OpenWrite(Path))
        {
            file.SetLength(file.Length - missing);
        }

        Append(Interval(20), Interval(30));

        Assert.Equal([Spec, Interval(10), Interval(20), Interval(30)], File.ReadAllLines(Path));
    }

    [Fact]
    public void A_file_of_one_torn_line_begins_anew()
    {
        Append(Interval(10));
        File.WriteAllText(Path, Spec[..40]);

        Append(Interval(10));

        Assert.Equal([Spec, Interval(10)], File.ReadAllLines(Path));
    }

    [Fact]
    public void The_last_line_is_found_when_it_is_longer_than_what_is_read_at_a_time()
    {
        var longLine = Interval(10)[..^1] + $",\"x\":\"{new string('x', 200_000)}\"}}";
        Append(longLine);

        Append(longLine, Interval(20));

        Assert.Equal([Spec, longLine, Interval(20)], File.ReadAllLines(Path));
    }

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
    public void Within_one_append_too_a_line_that_is_not_later_is_left_out()
    {
        Append(Interval(10), Interval(10), Step(10), Step(10), "torn", Interval(5), Interval(20));

        Assert.Equal([Spec, Interval(10), Step(10), Interval(20)], File.ReadAllLines(Path));
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

    private static JournalEntry Entry(JournalRun run, params string[] lines) =>
        new()
        {
            Run = run,
            Spec = Presets.Fast,
            Lines = [.. lines],
        };

    private static string Interval(double t) => $$"""{"kind":"interval","t":{{t}},"canary":{},"stable":{} }""";

    private static string Step(double t) => $$"""{"kind":"step","t":{{t}}}""";
}

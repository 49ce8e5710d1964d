using Rollouts.AnalysisController.Journal;
using static Rollouts.AnalysisController.Tests.Journal.JournalEntries;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>One file of the journal: what an append adds, whatever it finds.</summary>
public sealed class JournalFileTests : IDisposable
{
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

    [Fact]
    public void Within_one_append_too_a_line_that_is_not_later_is_left_out()
    {
        Append(Interval(10), Interval(10), Step(10), Step(10), "torn", Interval(5), Interval(20));

        Assert.Equal([Spec, Interval(10), Step(10), Interval(20)], File.ReadAllLines(Path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Append(params string[] lines) => JournalFile.Append(_folder, Entry(Run, lines));
}

using Rollouts.AnalysisController.Journal;
using static Rollouts.AnalysisController.Tests.Journal.JournalEntries;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>A file of the journal that a killed process left: its last line may have no end.</summary>
public sealed class TornJournalFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    private string Path => JournalFile.PathOf(_folder, Run);

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

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Append(params string[] lines) => JournalFile.Append(_folder, Entry(Run, lines));
}

using System.Text;
using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Exposition.Metrics;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>A disk that does not take the journal costs the journal, and nothing else.</summary>
public sealed class EvidenceJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;
    private readonly VirtualClock _clock = new();
    private readonly MetricRegistry _registry;
    private readonly ControllerMetrics _metrics = new(new Dictionary<string, ReconcileQueue>());
    private readonly KeptLog _log = new();
    private readonly EvidenceJournal _journal;

    public EvidenceJournalTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _registry = new MetricRegistry(_metrics.Has);
        _journal = new EvidenceJournal(new JournalOptions(Target, 1 << 20), _clock, _metrics, _log);
    }

    /// <summary>A file of this name in place of the folder: no disk takes a folder there.</summary>
    private string Target => Path.Combine(_folder, "journal");

    [Fact]
    public void What_the_disk_takes_again_within_a_minute_is_written_and_said_once()
    {
        File.WriteAllText(Target, "");
        using var stop = new CancellationTokenSource();

        _journal.Append(Entry(10));
        _ = _journal.RunAsync(stop.Token);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.NotEmpty(_journal.Failure);
        File.Delete(Target);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("", _journal.Failure);
        Assert.Equal(2, File.ReadAllLines(Directory.GetFiles(Target, "*", SearchOption.AllDirectories)[0]).Length);
        Assert.Equal([19, 20], _log.Lines.Select(line => line.Number));
    }

    [Fact]
    public void A_disk_that_stays_away_is_said_once_and_counted_for_each_entry_and_Append_never_waits()
    {
        File.WriteAllText(Target, "");
        using var stop = new CancellationTokenSource();

        for (var i = 0; i < 2000; i++)
        {
            _journal.Append(Entry(i));
        }

        _ = _journal.RunAsync(stop.Token);
        _clock.Advance(TimeSpan.FromMinutes(5.5));

        Assert.Equal([19], _log.Lines.Select(line => line.Number));
        // 1024 wait; the rest was dropped at once, and one with each minute.
        Assert.Equal(2000 - 1024 + 5, Failures());
    }

    [Fact]
    public async Task What_more_runs_left_than_entries_may_wait_is_written_first_and_none_of_it_dropped()
    {
        using var stop = new CancellationTokenSource();
        var read = 0;
        _journal.CatchUp(
            Enumerable.Range(0, 1100).Select(i =>
            {
                read++;
                return Entry(i) with { Run = RunNumbered(i), IsTail = i > 0 };
            })
        );
        _journal.Append(Entry(5000) with { Run = RunNumbered(0) });
        Assert.Equal(0, read);

        await stop.CancelAsync();
        await _journal.RunAsync(stop.Token);

        Assert.Equal(0, Failures());
        Assert.Equal(1100, read);
        var path = JournalFile.PathOf(Target, RunNumbered(0));
        Assert.Equal(3, (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public void Catching_up_with_a_disk_that_stays_away_holds_up_what_comes_after_for_a_minute_at_most()
    {
        File.WriteAllText(Target, "");
        using var stop = new CancellationTokenSource();
        _journal.CatchUp(Enumerable.Range(0, 1100).Select(i => Entry(i) with { Run = RunNumbered(i) }));
        _journal.Append(Entry(10));

        _ = _journal.RunAsync(stop.Token);
        _clock.Advance(TimeSpan.FromSeconds(61));
        File.Delete(Target);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, Failures());
        Assert.Single(Directory.GetFiles(Target, "run.*", SearchOption.AllDirectories));
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _registry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private int Failures()
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        _registry.Write(body, openMetrics: false);
        var line = Encoding
            .UTF8.GetString(body.WrittenSpan)
            .Split('\n')
            .SingleOrDefault(
                text => text.StartsWith("canary_analysis_journal_errors_total ", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static JournalRun RunNumbered(int i) => new(new ObjectKey("shop", $"caught-{i}"), "uid");

    private static JournalEntry Entry(int t) =>
        new()
        {
            Run = new JournalRun(new ObjectKey("shop", "run"), "uid"),
            Spec = Presets.Default,
            Lines = [$$"""{"kind":"interval","t":{{t}},"canary":{},"stable":{} }"""],
        };
}

using System.Globalization;
using System.Text;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Scraping;

public sealed class ReaderShelfTests
{
    private const int Most = 4 * 1024 * 1024;

    private readonly VirtualClock _clock = new();
    private readonly ReaderShelf _shelf;

    public ReaderShelfTests() => _shelf = new ReaderShelf(new ReadLimits(), Most, _clock);

    [Fact]
    public void Each_Rollout_is_remembered_by_itself()
    {
        var first = Read("p", "a{b=\"c\"} 1\n");
        Read("q", "z 1\n");

        var second = Read("p", "a{b=\"c\"} 2\n");

        Assert.Same(first.Families[0].Samples[0].Labels, second.Families[0].Samples[0].Labels);
        Assert.Equal(2, second.Families[0].Samples[0].Value);
        Assert.Equal(2, _shelf.Count);
    }

    [Fact]
    public void A_Rollout_that_is_asked_no_more_is_forgotten()
    {
        Read("gone", "a 1\n");
        _clock.Advance(TimeSpan.FromMinutes(5));
        Read("here", "a 1\n");
        _clock.Advance(TimeSpan.FromMinutes(5));

        Read("here", "a 1\n");

        Assert.Equal(1, _shelf.Count);
    }

    [Fact]
    public void What_does_not_fit_goes_and_the_largest_goes_first()
    {
        Read("small", Series(100));
        for (var rollout = 0; rollout < 20; rollout++)
        {
            Read($"large {rollout}", Series(2_000));
        }

        Assert.InRange(_shelf.Bytes, Most / 2, Most);
        Assert.InRange(_shelf.Count, 3, 20);
        Assert.True(Remembers("small"));
    }

    [Fact]
    public void A_reader_beyond_a_quarter_of_the_bound_begins_anew()
    {
        var reader = _shelf.Take("p");

        reader.Read(Encoding.UTF8.GetBytes(Series(1_000)));
        Assert.InRange(reader.RememberedBytes, 1, Most / 4);
        reader.Read(Encoding.UTF8.GetBytes(Series(20_000)));

        Assert.Equal(0, reader.RememberedBytes);
    }

    [Fact]
    public void What_a_reader_remembers_counts_while_it_is_in_use()
    {
        Read("p", Series(1_000));
        var bytes = _shelf.Bytes;

        var reader = _shelf.Take("p");

        Assert.Equal(bytes, _shelf.Bytes);
        Assert.Equal(0, _shelf.Count);
        _shelf.Put("p", reader);
        Assert.Equal(1, _shelf.Count);
    }

    [Fact]
    public void What_is_not_asked_again_is_not_remembered()
    {
        Read("", "a 1\n");

        Assert.Equal(0, _shelf.Count);
    }

    private static string Series(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(n =>
            string.Create(CultureInfo.InvariantCulture, $"a{{n=\"{n}\"}} 1\n")));

    private bool Remembers(string rollout)
    {
        var reader = _shelf.Take(rollout);
        _shelf.Put(rollout, reader);
        return reader.RememberedBytes > 0;
    }

    private ExpositionResult.Read Read(string rollout, string body)
    {
        var reader = _shelf.Take(rollout);
        var read = Assert.IsType<ExpositionResult.Read>(reader.Read(Encoding.UTF8.GetBytes(body)));
        _shelf.Put(rollout, reader);
        return read;
    }
}

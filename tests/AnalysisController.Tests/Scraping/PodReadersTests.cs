using System.Text;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Scraping;

public sealed class PodReadersTests
{
    private readonly VirtualClock _clock = new();
    private readonly PodReaders _readers;

    public PodReadersTests() => _readers = new PodReaders(new ReadLimits(), _clock);

    [Fact]
    public void Each_pod_is_remembered_by_itself()
    {
        var first = Read("p", "a{b=\"c\"} 1\n");
        Read("q", "z 1\n");

        var second = Read("p", "a{b=\"c\"} 2\n");

        Assert.Same(first.Families[0].Samples[0].Labels, second.Families[0].Samples[0].Labels);
        Assert.Equal(2, second.Families[0].Samples[0].Value);
        Assert.Equal(2, _readers.Count);
    }

    [Fact]
    public void A_pod_that_is_asked_no_more_is_forgotten()
    {
        Read("gone", "a 1\n");
        _clock.Advance(TimeSpan.FromMinutes(5));
        Read("here", "a 1\n");
        _clock.Advance(TimeSpan.FromMinutes(5));

        Read("here", "a 1\n");

        Assert.Equal(1, _readers.Count);
    }

    [Fact]
    public void Bodies_beyond_the_bound_are_read_and_not_remembered()
    {
        var large = Body(1_000_000);
        for (var pod = 0; pod < 80; pod++)
        {
            Read($"p{pod}", large);
        }

        Read("larger", Body(1_100_000));

        // 64 MiB, and the one that crossed it.
        Assert.InRange(_readers.Count, 60, 68);
    }

    [Fact]
    public void A_pod_without_a_uid_is_not_remembered()
    {
        Read("", "a 1\n");

        Assert.Equal(0, _readers.Count);
    }

    private static string Body(int bytes) => $"# {new string('x', bytes - 8)}\na 1\n";

    private ExpositionResult.Read Read(string pod, string body) =>
        Assert.IsType<ExpositionResult.Read>(_readers.Read(pod, Encoding.UTF8.GetBytes(body), contentType: null));
}

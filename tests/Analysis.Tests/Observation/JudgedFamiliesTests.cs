using System.Collections.Immutable;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Profiles;
using Rollouts.Analysis.Tests.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Tests.Observation;

/// <summary>Of which families a scrape keeps the samples.</summary>
public sealed class JudgedFamiliesTests
{
    [Fact]
    public void Of_every_fixture_the_profile_is_found_in_what_is_left()
    {
        var judged = JudgedFamilies.By([new AnalysisSpec()]);
        foreach (var body in ExpositionFixtures.All())
        {
            var found = ProfileDetection.Detect(body, wanted: null);
            var foundInRest = ProfileDetection.Detect(Without(body, judged), wanted: null);

            Assert.Equal(
                (found?.Name, found?.Requests, found?.Duration),
                (foundInRest?.Name, foundInRest?.Requests, foundInRest?.Duration));
        }
    }

    [Theory]
    [InlineData("http_server_requests_seconds", true)]
    [InlineData("flask_http_request", true)]
    [InlineData("my_request_http", true)]
    [InlineData("jvm_memory_used_bytes", true)]
    [InlineData("http_client_requests_seconds", false)]
    [InlineData("jvm_threads_states_threads", false)]
    [InlineData("shop_orders", false)]
    public void Names_tell_what_may_be_read(string family, bool isRead) =>
        Assert.Equal(isRead, JudgedFamilies.By([new AnalysisSpec()]).Contains(family));

    [Fact]
    public void Metrics_of_ones_own_are_read_by_each_spec_that_names_them()
    {
        var judged = JudgedFamilies.By(
        [
            new AnalysisSpec { Metrics = [Own(new MetricSource.Histogram("shop_wait"), MetricKind.Latency)] },
            new AnalysisSpec { Metrics = [Own(new MetricSource.Gauge("shop_queue"), MetricKind.Gauge)] },
            new AnalysisSpec { Metrics = [Own(Ratio("shop_lost_total", "shop_sent_count"), MetricKind.Ratio)] },
            new AnalysisSpec { Metrics = [Own(new MetricSource.Classes("shop_kind", "kind"), MetricKind.Classes)] },
        ]);

        Assert.All(
            ["shop_wait", "shop_wait_bucket", "shop_queue", "shop_lost", "shop_lost_total", "shop_sent",
                "shop_sent_count", "shop_kind"],
            family => Assert.True(judged.Contains(family), family));
        Assert.False(judged.Contains("shop"));
    }

    private static MetricSpec Own(MetricSource source, MetricKind kind) =>
        MetricSpec.Defaults[0] with { Name = $"own{kind}", Kind = kind, Source = source };

    private static MetricSource.Ratio Ratio(string bad, string total) =>
        new(new SeriesSelector(bad, []), new SeriesSelector(total, []));

    private static ImmutableArray<MetricFamily> Without(
        ImmutableArray<MetricFamily> body, JudgedFamilies judged) =>
        [.. body.Select(family => judged.Contains(family.Name) ? family : family with { Samples = [] })];
}

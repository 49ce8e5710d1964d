using System.Collections.Immutable;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;
using Rollouts.Analysis.Profiles;
using Rollouts.Analysis.Tests.Profiles;
using Rollouts.Exposition;

namespace Rollouts.Analysis.Properties;

/// <summary>What the scraper leaves out is not missed: with and without it, every state is the same.</summary>
public sealed class ReducedScrapes
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_scrape_without_the_samples_of_other_families_is_judged_alike(int seed)
    {
        var random = new Random(seed);
        var bodies = ExpositionFixtures.All().Concat(OddNames()).ToArray();
        var (rounds, dropped) = (0, 0);
        for (var world = 0; world < 40; world++)
        {
            var body = bodies[random.Next(bodies.Length)];
            var spec = Spec(body, random);
            var judged = JudgedFamilies.By([spec]);
            Assert.All(
                body.Where(family => ProfileTable.Rows.Append(null)
                    .Any(row => ScrapeTally.IsNeeded(family.Name, row, spec))),
                family => Assert.True(judged.Contains(family.Name), $"seed {seed}: {family.Name}"));
            var (whole, part) = (CanaryAnalysis.Start(spec, Start), CanaryAnalysis.Start(spec, Start));
            for (var round = 1; round <= 12; round++)
            {
                // Now and then a pod exports what another framework would: what was picked before may still be read.
                var exported = random.Next(6) == 0 ? bodies[random.Next(bodies.Length)] : body;
                var scrapes = Pods(exported, round, random);
                whole = CanaryAnalysis.Advance(whole, Round(round, scrapes));
                part = CanaryAnalysis.Advance(part, Round(round, scrapes.ConvertAll(pod => Without(pod, judged))));

                var hint = $"seed {seed}, world {world}, round {round}";
                Assert.True(whole.Verdict.Message == part.Verdict.Message, hint);
                Assert.True(Checkpoint.Write(whole).Bytes.SequenceEqual(Checkpoint.Write(part).Bytes), hint);
                rounds += whole.Verdict.Message.Length > 0 ? 1 : 0;
                dropped += exported.Count(family => !judged.Contains(family.Name));
            }
        }

        Assert.InRange(rounds, 400, int.MaxValue);
        Assert.InRange(dropped, 400, int.MaxValue);
    }

    private static MetricSpec Own(MetricSource source, MetricKind kind) =>
        MetricSpec.Defaults[0] with { Name = $"own{kind}", Kind = kind, Source = source };

    private static MetricSource.Ratio Ratio(string bad, string total) =>
        new(new SeriesSelector(bad, []), new SeriesSelector(total, []));

    private static AnalysisSpec Spec(ImmutableArray<MetricFamily> body, Random random)
    {
        var samples = body.SelectMany(family => family.Samples).ToArray();
        var (one, other) = (samples[random.Next(samples.Length)], samples[random.Next(samples.Length)]);
        ImmutableArray<MetricSpec> own =
        [
            Own(Ratio(one.Name, other.Name), MetricKind.Ratio),
            Own(new MetricSource.Histogram(one.Name.Replace("_bucket", "", StringComparison.Ordinal)),
                MetricKind.Latency),
            Own(new MetricSource.Gauge(one.Name), MetricKind.Gauge),
            Own(new MetricSource.Classes(other.Name, other.Labels.All.FirstOrDefault().Name ?? "x"),
                MetricKind.Classes),
        ];
        return new AnalysisSpec
        {
            WarmUp = TimeSpan.Zero,
            Metrics = random.Next(3) == 0 ? MetricSpec.Defaults : MetricSpec.Defaults.AddRange(own),
        };
    }

    private static List<PodScrape> Pods(ImmutableArray<MetricFamily> body, int round, Random random) =>
    [
        .. Enumerable.Range(0, 4).Select(pod =>
        {
            var growth = round + random.Next(3);
            return new PodScrape
            {
                Pod = $"p{pod}",
                Arm = pod < 2 ? Arm.Canary : Arm.Stable,
                ReadyAt = Start.AddHours(-1),
                Metrics = new MetricsScrape.Answered([.. body.Select(family => family with
                {
                    Samples = [.. family.Samples.Select(sample => sample with { Value = sample.Value * growth })],
                })]),
                Health = HealthProbe.Pass,
            };
        }),
    ];

    private static ScrapeRound Round(int number, List<PodScrape> pods) =>
        new(Start.AddSeconds(5 * number), 0, [.. pods]);

    private static PodScrape Without(PodScrape pod, JudgedFamilies judged) => pod with
    {
        Metrics = new MetricsScrape.Answered(
            Without(Assert.IsType<MetricsScrape.Answered>(pod.Metrics).Families, judged)),
    };

    private static ImmutableArray<MetricFamily> Without(
        ImmutableArray<MetricFamily> body, JudgedFamilies judged) =>
        [.. body.Select(family => judged.Contains(family.Name) ? family : family with { Samples = [] })];

    /// <summary>Names at the edges of what looks like a count of requests, in both formats.</summary>
    private static IEnumerable<ImmutableArray<MetricFamily>> OddNames()
    {
        foreach (var body in new[]
        {
            "# TYPE my_request_http_total counter\nmy_request_http_total{code=\"500\"} 7\nother 1\n",
            "# TYPE my_request_http counter\nmy_request_http_total{code=\"500\"} 9\nother 1\n",
            "shop_wait_bucket{le=\"1\"} 4\nshop_wait_bucket{le=\"+Inf\"} 5\nother 1\n",
            "x_http_request_seconds_bucket{le=\"1\",code=\"200\"} 4\nother{code=\"1\"} 2\n",
            "# TYPE http_requests counter\nhttp_requests_total{status=\"500\"} 3\n"
                + "# TYPE http_request_duration_seconds histogram\n"
                + "http_request_duration_seconds_bucket{le=\"1\"} 3\nhttp_request_duration_seconds_count 3\nother 1\n",
        })
        {
            yield return Assert.IsType<ExpositionResult.Read>(
                ExpositionReader.Read(System.Text.Encoding.UTF8.GetBytes(body))).Families;
        }
    }
}

using System.Text.Json;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Policy;

/// <summary>A spec as a line of the journal says all of it, and is read back as the same.</summary>
public sealed class SpecLineTests
{
    /// <summary>Differs from every default of every field.</summary>
    private const string Everything = """
        {"kind":"spec","alpha":0.02,"beta":0.06,"scrapeIntervalSeconds":4,"evidenceIntervalSeconds":8,"warmUpSeconds":7,
         "minimumStepSeconds":90,"deadlineSeconds":null,"neverReadyAfterSeconds":300,"holdPromotionEvidence":5,
         "onDeadline":"PassIfNoHarm","profile":"Spring","excludeRoutes":["/a","/b*"],
         "limits":[{"metric":"errors","max":0.03,"minimumRequests":50},
                   {"metric":"lat_p90","max":0.1,"minimumRequests":60,"slowerThanSeconds":0.25}],
         "metrics":["errors",{"name":"lat_p90","tolerance":2,"gate":0.2,"margin":null,"weight":3,"clip":7,
           "quantile":0.95,"bettors":"Linear","dryRun":true,"action":"Hold"},
           {"name":"orders","ratio":{"bad":{"metric":"orders_total","labels":{"state":["lost","late*"]} },
             "total":{"metric":"orders_total"} } },
           {"name":"queue","histogram":"queue_seconds"},{"name":"kinds","counter":"items_total","label":"kind"},
           {"name":"heap","gauge":"heap_bytes","statistic":"Slope"}]}
        """;

    public static TheoryData<string> Specs =>
        ["{}", """{"preset":"fast"}""", """{"preset":"strict"}""", """{"metrics":["health","memory"]}""", Everything];

    [Theory, MemberData(nameof(Specs))]
    public void A_spec_is_read_back_as_it_was(string json)
    {
        var spec = Parse(json);

        var line = SpecLine.Write(spec);

        Assert.DoesNotContain('\n', line);
        Assert.StartsWith("{\"kind\":\"spec\",", line, StringComparison.Ordinal);
        Assert.Equal(line, SpecLine.Write(Parse(line)));
        AssertSame(spec, Parse(line));
    }

    [Fact]
    public void The_spec_that_differs_everywhere_does_so()
    {
        var (spec, usual) = (Parse(Everything), new AnalysisSpec());
        foreach (var property in typeof(AnalysisSpec).GetProperties())
        {
            Assert.False(Equals(property.GetValue(spec), property.GetValue(usual)), property.Name);
        }
    }

    [Fact]
    public void A_selector_keeps_its_labels() => Assert.Contains(
        """{"metric":"orders_total","labels":{"state":["lost","late*"]}}""", SpecLine.Write(Parse(Everything)),
        StringComparison.Ordinal);

    private static AnalysisSpec Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var read = AnalysisSpec.Parse(document.RootElement.Clone());
        return read is AnalysisSpecResult.Valid(var spec)
            ? spec
            : throw new InvalidOperationException(string.Join("; ", ((AnalysisSpecResult.Invalid)read).Problems));
    }

    /// <summary>Lists compare by identity: each by its elements, then the rest of the record at once.</summary>
    private static void AssertSame(AnalysisSpec one, AnalysisSpec other)
    {
        Assert.Equal(one.ExcludedRoutes, other.ExcludedRoutes);
        Assert.Equal(one.Limits, other.Limits);
        Assert.Equal(one.Metrics.Select(Sourceless), other.Metrics.Select(Sourceless));
        Assert.Equal(Listless(one), Listless(other));
    }

    private static MetricSpec Sourceless(MetricSpec metric) => metric with { Source = null };

    private static AnalysisSpec Listless(AnalysisSpec spec) =>
        spec with { ExcludedRoutes = default, Limits = default, Metrics = default };
}

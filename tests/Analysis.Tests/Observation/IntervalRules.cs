using System.Text.Json;

using Rollouts.Analysis.Observation;

namespace Rollouts.Analysis.Tests.Observation;

/// <summary>The line form of an evidence interval: what it holds, and what is wrong with it.</summary>
public sealed class IntervalRules
{
    private const string Whole = """
        {"kind":"interval","t":20.5,"le":[0.1,0.5],"histogramBounds":{"query":[1]},"classNames":["cat","dog"],
         "canary":{"c":{"requests":10,"errors":1,"clientErrors":2,"buckets":[4,9,10],"health":[1,2],
                        "restarts":[1,10.5],"classes":[3,4],"ratios":{"refused":[0.5,2.5]},
                        "histograms":{"query":[1,2]},"gauges":{"queue":-2.5},"memoryLimitBytes":1000}},
         "stable":{"a":{"requests":0},"b":{}}}
        """;

    [Fact]
    public void Every_field_is_read_and_written_and_read_again()
    {
        var interval = Read(Whole);
        var pod = interval.Canary[0];
        Assert.Equal(FakeRollout.Start.AddSeconds(20.5), interval.At);
        Assert.Equal(("c", 10.0, 1.0, 2.0), (pod.Pod, pod.Requests, pod.Errors, pod.ClientErrors));
        Assert.Equal((new BadOfAll(1, 2), new BadOfAll(1, 10.5)), (pod.Health, pod.Restarts));
        Assert.Equal(Make.Numbers(4, 9, 10), pod.Buckets);
        Assert.Equal(Make.Numbers(3, 4), pod.Classes);
        Assert.Equal(new BadOfAll(.5, 2.5), pod.Ratios["refused"]);
        Assert.Equal(Make.Numbers(1, 2), pod.Histograms["query"]);
        Assert.Equal((-2.5, 1000.0), (pod.Gauges["queue"], pod.MemoryLimitBytes));
        Assert.Equal(Make.Numbers(.1, .5), interval.BucketBounds);
        Assert.Equal(Make.Numbers(1), interval.OwnBounds["query"]);
        Assert.Equal(["cat", "dog"], interval.ClassNames);
        Assert.Equal(["a", "b"], interval.Stable.Select(stable => stable.Pod));
        Assert.Equal((0, null), (interval.Stable[0].Requests, interval.Stable[1].Requests));
        Assert.Null(interval.Stable[1].Health);
        Assert.Equal(
            Whole.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            IntervalLine.Write(interval, FakeRollout.Start));
        Assert.Equal(
            IntervalLine.Write(interval, FakeRollout.Start),
            IntervalLine.Write(IntervalLine.Read(
                IntervalLine.Write(interval, FakeRollout.Start), FakeRollout.Start), FakeRollout.Start));
    }

    [Fact]
    public void What_is_empty_is_not_written() => Assert.Equal(
        """{"kind":"interval","t":10,"canary":{"c":{}},"stable":{}}""",
        IntervalLine.Write(Make.Interval(10, [new PodIncrease { Pod = "c" }], []), FakeRollout.Start));

    [Fact]
    public void Null_is_not_observed_and_fields_of_a_journal_are_passed_over()
    {
        var interval = Read("""
            {"t":0,"run":"x","canary":{"c":{"requests":null,"buckets":null,"health":null,"ratios":null}},"stable":{}}
            """);
        Assert.Equal((null, null), (interval.Canary[0].Requests, interval.Canary[0].Health));
        Assert.Equal((0, 0), (interval.Canary[0].Buckets.Length, interval.Canary[0].Ratios.Count));
        Assert.Equal(FakeRollout.Start.AddSeconds(1e10), Read("""{"t":1e10,"canary":{},"stable":{}}""").At);
    }

    [Fact]
    public void What_is_just_within_its_limits_is_read()
    {
        var pod = Read("""
            {"t":1,"le":[0.1],"classNames":["cat"],"histogramBounds":{"q":[0.25]},
             "canary":{"c":{"requests":9007199254740992,"errors":9007199254740992,"health":[2,2]}},"stable":{}}
            """).Canary[0];
        Assert.Equal((9007199254740992.0, 9007199254740992.0), (pod.Requests, pod.Errors));
        Assert.Equal(new BadOfAll(2, 2), pod.Health);
    }

    [Theory]
    [InlineData("""{"t":null,"canary":{},"stable":{}}""", "t is missing")]
    [InlineData("""{"t":"1","canary":{},"stable":{}}""", "t is \"1\"; a finite number is expected")]
    [InlineData("""{"t":1e999,"canary":{},"stable":{}}""", "t is 1e999; a finite number is expected")]
    [InlineData("""{"t":10000000001,"canary":{},"stable":{}}""", "t is 10000000001 s; 0 to 1e10 s is expected")]
    [InlineData("""{"t":1,"stable":{}}""", "canary is missing or no object of pods")]
    [InlineData("""{"t":1,"canary":{},"stable":[]}""", "stable is missing or no object of pods")]
    [InlineData("""{"t":1,"canary":{"c":5},"stable":{}}""", "canary.c is no object")]
    [InlineData("""{"t":1,"canary":{"c":{},"c":{}},"stable":{}}""", "canary names pod c twice")]
    [InlineData("""{"t":1,"canary":{"c":{"requests":-1}},"stable":{}}""",
        "canary.c.requests is -1; a negative count cannot be")]
    [InlineData("""{"t":1,"canary":{"c":{"requests":9007199254740994}},"stable":{}}""",
        "canary.c.requests is 9007199254740994; a whole number up to 2^53 is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"clientErrors":1.5}},"stable":{}}""",
        "canary.c.clientErrors is 1.5; a whole number up to 2^53 is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"requests":1,"errors":2}},"stable":{}}""",
        "canary.c.errors is 2, more than 1 requests")]
    [InlineData("""{"t":1,"canary":{"c":{"requests":1,"clientErrors":2}},"stable":{}}""",
        "canary.c.clientErrors is 2, more than 1 requests")]
    [InlineData("""{"t":1,"canary":{"c":{"health":[3,2]}},"stable":{}}""",
        "canary.c.health[0] is 3, more than 2 probes")]
    [InlineData("""{"t":1,"canary":{"c":{"health":[1,2.5]}},"stable":{}}""",
        "canary.c.health[1] is 2.5; a whole number up to 2^53 is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"health":[1]}},"stable":{}}""",
        "canary.c.health is [1]; a list of two numbers is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"restarts":1}},"stable":{}}""",
        "canary.c.restarts is 1; a list of two numbers is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"restarts":[0.5,1]}},"stable":{}}""",
        "canary.c.restarts[0] is 0.5; a whole number up to 2^53 is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"buckets":5}},"stable":{}}""",
        "canary.c.buckets is 5; a list of numbers is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"buckets":[1,"x"]}},"stable":{}}""",
        "canary.c.buckets[1] is \"x\"; a finite number is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"buckets":[2,1]}},"stable":{}}""",
        "canary.c.buckets[1] is 1, below 2 before it; cumulative counts do not fall")]
    [InlineData("""{"t":1,"canary":{"c":{"buckets":[1,2]}},"stable":{"s":{"buckets":[1]}}}""",
        "s.buckets has 1 entries, another pod's has 2")]
    [InlineData("""{"t":1,"canary":{"c":{"classes":[1,2]}},"stable":{"s":{"classes":[1]}}}""",
        "s.classes has 1 entries, another pod's has 2")]
    [InlineData("""{"t":1,"le":[1],"canary":{"c":{"buckets":[1,2,3]}},"stable":{}}""",
        "le has 1 bounds; 2 are expected for 3 buckets")]
    [InlineData("""{"t":1,"classNames":["a"],"canary":{"c":{"classes":[1,2]}},"stable":{}}""",
        "classNames has 1 names; the pods count 2 classes")]
    [InlineData("""{"t":1,"canary":{"c":{"ratios":5}},"stable":{}}""", "canary.c.ratios is no object")]
    [InlineData("""{"t":1,"canary":{"c":{"ratios":{"r":[-1,2]}}},"stable":{}}""",
        "canary.c.ratios.r[0] is -1; a negative count cannot be")]
    [InlineData("""{"t":1,"canary":{"c":{"histograms":{"h":[2,1]}}},"stable":{}}""",
        "canary.c.histograms.h[1] is 1, below 2 before it; cumulative counts do not fall")]
    [InlineData("""{"t":1,"canary":{"c":{"gauges":{"g":"x"}}},"stable":{}}""",
        "canary.c.gauges.g is \"x\"; a finite number is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"errors":-1}},"stable":{}}""",
        "canary.c.errors is -1; a negative count cannot be")]
    [InlineData("""{"t":1,"canary":{"c":{"buckets":[0.5,1]}},"stable":{}}""",
        "canary.c.buckets[0] is 0.5; a whole number up to 2^53 is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"classes":[0.5,1]}},"stable":{}}""",
        "canary.c.classes[0] is 0.5; a whole number up to 2^53 is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"memoryLimitBytes":"1Gi"}},"stable":{}}""",
        "canary.c.memoryLimitBytes is \"1Gi\"; a finite number is expected")]
    [InlineData("""{"t":1,"le":["x"],"canary":{},"stable":{}}""", "le[0] is \"x\"; a finite number is expected")]
    [InlineData("""{"t":1,"classNames":"cat","canary":{},"stable":{}}""",
        "classNames is \"cat\"; a list of texts is expected")]
    [InlineData("""{"t":1,"classNames":["cat",5],"canary":{},"stable":{}}""",
        "classNames is [\"cat\",5]; a list of texts is expected")]
    [InlineData("""{"t":1,"histogramBounds":5,"canary":{},"stable":{}}""", "histogramBounds is no object")]
    [InlineData("""{"t":1,"histogramBounds":{"q":["x"]},"canary":{},"stable":{}}""",
        "histogramBounds.q[0] is \"x\"; a finite number is expected")]
    [InlineData("""{"t":1,"canary":{"c":{"speed":1}},"stable":{}}""",
        "canary.c.speed is not known; one of requests, errors, clientErrors, buckets, health, restarts, classes, "
        + "ratios, histograms, gauges, memoryLimitBytes is expected")]
    public void First_problem_names_field_value_and_what_it_must_be(string line, string problem)
    {
        using var document = JsonDocument.Parse(line);
        var wrong = Assert.IsType<IntervalResult.Wrong>(IntervalReader.Read(document.RootElement, FakeRollout.Start));
        Assert.Equal(problem, wrong.Message);
        Assert.Equal(
            problem,
            Assert.Throws<InvalidDataException>(() => IntervalLine.Read(line, FakeRollout.Start)).Message);
    }

    [Fact]
    public void Text_that_is_no_JSON_is_called_that() => Assert.StartsWith(
        "the interval is no JSON: ",
        Assert.Throws<InvalidDataException>(() => IntervalLine.Read("{", FakeRollout.Start)).Message,
        StringComparison.Ordinal);

    private static EvidenceInterval Read(string line) => IntervalLine.Read(line, FakeRollout.Start);
}

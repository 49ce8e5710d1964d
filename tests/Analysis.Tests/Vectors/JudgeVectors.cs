using System.Collections.Immutable;
using System.Text.Json;

using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Vectors;

public sealed class JudgeVectors
{
    public static IEnumerable<TheoryDataRow<string>> All => VectorCase.OfKind("judge");

    [Theory, MemberData(nameof(All))]
    public void Whole_judge_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var spec = new AnalysisSpec
        {
            Metrics = [.. vector.Input.GetProperty("present").EnumerateArray()
                .Select(name => MetricSpec.Named(name.GetString()!)!)],
            Deadline = TimeSpan.FromSeconds(vector.Input.GetProperty("deadlineSeconds").GetDouble()),
        };
        var state = CanaryAnalysis.Start(spec, DateTimeOffset.UnixEpoch);
        List<double> totals = [];
        List<string> verdicts = [];
        foreach (var interval in vector.Input.GetProperty("intervals").EnumerateArray())
        {
            state = CanaryAnalysis.Advance(state, new EvidenceInterval
            {
                At = DateTimeOffset.UnixEpoch.AddSeconds(interval.GetProperty("t").GetDouble()),
                Canary = PodsOf(interval.GetProperty("canary")),
                Stable = PodsOf(interval.GetProperty("stable")),
            });
            totals.Add(state.Verdict.LogTotal);
            verdicts.Add(state.Verdict.Decision.ToString());
        }

        vector.Agrees("logTotal", totals);
        Assert.Equal(
            vector.Expected.GetProperty("verdicts").EnumerateArray().Select(item => item.GetString()!), verdicts);
    }

    private static ImmutableArray<PodIncrease> PodsOf(JsonElement json) =>
        [.. json.EnumerateObject().OrderBy(pod => pod.Name, StringComparer.Ordinal).Select(pod => new PodIncrease
        {
            Pod = pod.Name,
            Requests = pod.Value.GetProperty("requests").GetDouble(),
            Errors = pod.Value.GetProperty("errors").GetDouble(),
            Buckets = [.. VectorCase.Numbers(pod.Value.GetProperty("buckets"))],
            Health = PairOf(pod.Value.GetProperty("health")),
            Restarts = PairOf(pod.Value.GetProperty("restarts")),
            Classes = pod.Value.TryGetProperty("classes", out var classes) ? [.. VectorCase.Numbers(classes)] : [],
        })];

    private static BadOfAll PairOf(JsonElement json) => new(json[0].GetDouble(), json[1].GetDouble());
}

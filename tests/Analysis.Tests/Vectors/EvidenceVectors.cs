using System.Text.Json;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Policy;

namespace Rollouts.Analysis.Tests.Vectors;

public sealed class EvidenceVectors
{
    public static IEnumerable<TheoryDataRow<string>> Of(string kind) => VectorCase.OfKind(kind);

    [Theory, MemberData(nameof(Of), "counter_delta")]
    public void Increase_of_a_counter_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        vector.Agrees("delta", CounterFamily.IncreaseOf(Optional(vector.Input, "prev"), Optional(vector.Input, "cur")));
    }

    [Theory, MemberData(nameof(Of), "exceed_counts")]
    public void Requests_slower_than_each_bound_agree(string id)
    {
        var vector = VectorCase.ById[id];
        var cumulative = VectorCase.Numbers(vector.Input.GetProperty("cum"));
        var exceeded = new double[cumulative.Length - 1];
        LatencyState.AddExceeded(exceeded, cumulative);
        vector.Agrees("exceed", exceeded);
    }

    [Theory, MemberData(nameof(Of), "quantile_boundary")]
    public void Boundary_of_a_quantile_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var input = vector.Input;
        vector.Agrees("index", LatencyBoundary.Choose(
            VectorCase.Numbers(input.GetProperty("pastExceed")),
            input.GetProperty("pastTotal").GetDouble(),
            input.GetProperty("q").GetDouble()));
    }

    [Theory, MemberData(nameof(Of), "log_one_plus_tanh")]
    public void Log_of_one_plus_tanh_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        vector.Agrees("y", LogMath.LogOnePlusTanh(vector.Input.GetProperty("x").GetDouble()));
    }

    [Theory, MemberData(nameof(Of), "t_quantile")]
    public void Quantile_of_t_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        vector.Agrees("t", StudentT.Quantile(
            vector.Input.GetProperty("z").GetDouble(), (int)vector.Input.GetProperty("df").GetDouble()));
    }

    [Theory, MemberData(nameof(Of), "fair_share_excess")]
    public void Excess_over_the_fair_share_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var input = vector.Input;
        var counts = new ArmCounts(
            input.GetProperty("a").GetDouble(),
            input.GetProperty("b").GetDouble(),
            input.GetProperty("nc").GetDouble(),
            input.GetProperty("ns").GetDouble());
        vector.Agrees("d", FairShare.Excess(counts, input.GetProperty("rho").GetDouble()));
    }

    [Theory, MemberData(nameof(Of), "bet_log_factors")]
    public void Factors_of_the_bettors_agree(string id)
    {
        var vector = VectorCase.ById[id];
        var factors = new double[BettorsOf(vector.Input)];
        FairShare.Bet(
            BlocksOf(vector.Input.GetProperty("blocks")),
            vector.Input.GetProperty("rho").GetDouble(),
            vector.Input.GetProperty("clip").GetDouble(),
            factors);
        vector.Agrees("logFactors", factors);
    }

    [Theory, MemberData(nameof(Of), "deal_blocks")]
    public void Dealt_blocks_agree(string id)
    {
        var vector = VectorCase.ById[id];
        var canary = ListOf(vector.Input.GetProperty("canary"));
        var stable = ListOf(vector.Input.GetProperty("stable"));
        var blocks = new ArmCounts[Blocks.CountOf(canary.Length, stable.Length)];
        Blocks.Deal(canary, stable, blocks);
        Assert.Equal(BlocksOf(vector.Expected.GetProperty("blocks")), blocks);
    }

    [Theory, MemberData(nameof(Of), "fair_share_process")]
    public void Wealth_over_time_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var clip = vector.Input.GetProperty("clip").GetDouble();
        var wealth = Wealth.Start(BettorsOf(vector.Input));
        var evidence = new List<double>();
        foreach (var interval in vector.Input.GetProperty("intervals").EnumerateArray())
        {
            var blocks = BlocksOf(interval.GetProperty("blocks"));
            if (blocks.Any(block => block.HasTrafficOnBothArms))
            {
                var factors = new double[BettorsOf(vector.Input)];
                FairShare.Bet(blocks, interval.GetProperty("rho").GetDouble(), clip, factors);
                wealth = wealth.Update(factors, interval.GetProperty("kappa").GetDouble());
            }

            evidence.Add(wealth.LogEvidence);
        }

        vector.Agrees("logE", evidence);
        vector.Agrees("logP", wealth.LogPValue);
    }

    [Theory, MemberData(nameof(Of), "pod_noise")]
    public void Noise_of_pods_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var noise = PodNoise.Nothing;
        foreach (var interval in vector.Input.GetProperty("intervals").EnumerateArray())
        {
            noise = noise.Update(PodsOf(interval));
        }

        vector.Agrees("phi", noise.Phi);
        vector.Agrees("passPhi", noise.PassPhi);
        vector.Agrees("kappa", noise.Discount());
        vector.Agrees("tau2", noise.PodVariance());
        vector.Agrees("tolerance", noise.Tolerance(
            vector.Input.GetProperty("rho").GetDouble(), vector.Input.GetProperty("canaryPods").GetInt32()));
    }

    [Theory, MemberData(nameof(Of), "margin_bound")]
    public void Margin_bound_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var phi = vector.Input.GetProperty("phi").GetDouble();
        var eps = vector.Input.GetProperty("eps").GetDouble();
        var beta = vector.Input.GetProperty("beta").GetDouble();
        var bound = MarginBound.Start(vector.Input.GetProperty("rho").GetDouble());
        foreach (var counts in BlocksOf(vector.Input.GetProperty("history")))
        {
            bound = bound.Update(counts);
        }

        vector.Agrees("logENotWorse", bound.LogNotWorse(eps, phi));
        vector.Agrees("logEWorse", bound.LogWorse(eps, phi));
        vector.Agrees("upper", bound.Upper(phi, beta));
        vector.Agrees("lower", bound.Lower(phi, beta));
    }

    [Theory, MemberData(nameof(Of), "ratio_confidence")]
    public void Bounds_of_the_ratio_agree(string id)
    {
        var vector = VectorCase.ById[id];
        var history = RatioHistory.Empty;
        foreach (var counts in BlocksOf(vector.Input.GetProperty("history")))
        {
            history = history.Add(counts, 0);
        }

        var (lower, upper) = history.RatioBounds(vector.Input.GetProperty("alpha").GetDouble());
        vector.Agrees("lower", lower);
        vector.Agrees("upper", upper);
    }

    [Theory, MemberData(nameof(Of), "categorical")]
    public void Drift_of_classes_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var drift = new ClassDrift { Gate = .05 };
        List<double> latest = [], evidence = [];
        foreach (var interval in vector.Input.GetProperty("intervals").EnumerateArray())
        {
            var stable = interval.GetProperty("stablePods").EnumerateObject()
                .Select(pod => new PodClasses(pod.Name, [.. VectorCase.Numbers(pod.Value)])).ToArray();
            drift = drift.Update(VectorCase.Numbers(interval.GetProperty("canary")), stable);
            latest.Add(drift.LogLatest);
            evidence.Add(drift.Wealth.LogEvidence);
        }

        vector.Agrees("logEInterval", latest);
        vector.Agrees("logE", evidence);
        vector.Agrees("logP", drift.Wealth.LogPValue);
        vector.Agrees("phi", drift.Phi);
        vector.Agrees("tv", drift.Distance);
        Assert.Equal(vector.Expected.GetProperty("gateOpen").GetBoolean(), drift.IsGateOpen);
    }

    [Theory, MemberData(nameof(Of), "gauge_t")]
    public void Test_of_a_gauge_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var result = GaugeTest.Compare(
            VectorCase.Numbers(vector.Input.GetProperty("canary")),
                VectorCase.Numbers(vector.Input.GetProperty("stable")));
        vector.Agrees("t", result?.T);
        vector.Agrees("critical", result?.Critical);
    }

    [Theory, MemberData(nameof(Of), "theil_sen")]
    public void Slope_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        vector.Agrees("slope", TheilSen.Slope(
            VectorCase.Numbers(vector.Input.GetProperty("t")), VectorCase.Numbers(vector.Input.GetProperty("y"))));
    }

    [Theory, MemberData(nameof(Of), "ratio_metric")]
    public void Whole_metric_agrees(string id)
    {
        var vector = VectorCase.ById[id];
        var spec = MetricSpec.Named(vector.Input.GetProperty("metric").GetString()!)!;
        var metric =
            RatioMetric.Start(new RatioTerms(spec.Tolerance, spec.Gate, spec.Margin, spec.UsesTanh, spec.Clip));
        List<double> evidence = [], tolerances = [], discounts = [];
        List<bool> gates = [], passes = [];
        foreach (var interval in vector.Input.GetProperty("intervals").EnumerateArray())
        {
            metric = metric.Update(PodsOf(interval.GetProperty("canary")), PodsOf(interval.GetProperty("stable")), 0);
            evidence.Add(metric.Wealth.LogEvidence);
            tolerances.Add(metric.Tolerance);
            discounts.Add(metric.Discount);
            gates.Add(metric.IsGateOpen);
            passes.Add(metric.Passes(.05));
        }

        vector.Agrees("logE", evidence);
        vector.Agrees("rhoT", tolerances);
        vector.Agrees("kappaT", discounts);
        Assert.Equal(vector.Expected.GetProperty("gateOpen").EnumerateArray().Select(item => item.GetBoolean()), gates);
        Assert.Equal(vector.Expected.GetProperty("passes").EnumerateArray().Select(item => item.GetBoolean()), passes);
    }

    private static double? Optional(JsonElement json, string field) =>
        json.GetProperty(field) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static int BettorsOf(JsonElement input) =>
        input.GetProperty("tanh").GetBoolean() ? FairShare.AllCount : FairShare.LinearCount;

    private static ArmCounts[] BlocksOf(JsonElement json) =>
        [.. json.EnumerateArray().Select(VectorCase.Numbers)
            .Select(block => new ArmCounts(block[0], block[1], block[2], block[3]))];

    private static PodCounts[] ListOf(JsonElement json) =>
        [.. json.EnumerateArray().Select(VectorCase.Numbers)
            .Select((pod, i) => new PodCounts($"p{i}", pod[0], pod[1]))];

    private static PodCounts[] PodsOf(JsonElement json) =>
        [.. json.EnumerateObject().Select(pod => (pod.Name, Counts: VectorCase.Numbers(pod.Value)))
            .Select(pod => new PodCounts(pod.Name, pod.Counts[0], pod.Counts[1]))
            .OrderBy(pod => pod.Pod, StringComparer.Ordinal)];
}

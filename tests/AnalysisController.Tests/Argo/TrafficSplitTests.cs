using System.Text.Json;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Argo;

public sealed class TrafficSplitTests
{
    [Theory]
    [InlineData("""{"spec": {"strategy": {"blueGreen": {"activeService": "a"} } } }""", false)]
    [InlineData("""{"spec": {"strategy": {"canary": {} } } }""", true)]
    [InlineData("""{"spec": {"strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {} }]} } } }""", true)]
    [InlineData("""{"spec": {"strategy": {"canary": {"steps": [{"setWeight": 0}]} } } }""", false)]
    [InlineData("{}", true)]
    public void Two_versions_serve_at_once_unless_the_strategy_says_otherwise(string rollout, bool shares) =>
        Assert.Equal(shares, TrafficSplit.SharesTraffic(Parse(rollout)));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void The_weight_that_the_last_step_asked_for_counts(int step, bool shares) =>
        Assert.Equal(
            shares,
            TrafficSplit.SharesTraffic(
                Parse(
                    $$"""
                    {"spec": {"strategy": {"canary": {"steps": [
                      {"setWeight": 20}, {"pause": {} }, {"setWeight": 100}, {"analysis": {} }]} } },
                     "status": {"currentStepIndex": {{step}} } }
                    """
                )
            )
        );

    [Fact]
    public void What_a_traffic_router_was_told_goes_before_what_the_steps_say() =>
        Assert.False(
            TrafficSplit.SharesTraffic(
                Parse(
                    """
                    {"spec": {"strategy": {"canary": {"steps": [{"setWeight": 20}]} } },
                     "status": {"canary": {"weights": {"canary": {"weight": 100} } } } }
                    """
                )
            )
        );

    private static Rollout Parse(string json) => JsonSerializer.Deserialize(json, KubernetesJson.Default.Rollout)!;
}

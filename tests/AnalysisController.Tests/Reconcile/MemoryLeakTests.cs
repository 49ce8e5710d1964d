using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// The one demo fault that takes longer than an end-to-end test may: the memory leak, on a virtual clock.
/// </summary>
public sealed class MemoryLeakTests : IDisposable
{
    private const double Megabyte = 1e6;
    private readonly World _world = new() { StablePods = 5 };

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("1Gi", "Inconclusive", "Held: memory")]
    [InlineData("512Mi", "Failed", "MemoryLimitProjected")]
    public async Task A_leak_holds_the_pass_and_aborts_only_where_it_leads_to_the_limit_within_the_hour(
        string limit,
        string phase,
        string reason
    )
    {
        _world.MemoryLimit = limit;
        _world.CanaryLeakBytesPerSecond = 0.1 * Megabyte;

        var metric = await JudgeAsync();

        Assert.Equal(phase, (string?)metric["phase"]);
        Assert.StartsWith(reason, (string?)metric["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_that_does_not_grow_is_no_reason_to_hold()
    {
        var metric = await JudgeAsync();

        Assert.Equal("Successful", (string?)metric["phase"]);
    }

    /// <summary>Two minutes of warm-up and five of slope come before the first look at memory.</summary>
    private async Task<JsonNode> JudgeAsync()
    {
        _world.Start();
        var startedAt = _world.Clock.GetUtcNow().ToString("s", System.Globalization.CultureInfo.InvariantCulture);
        _world.Server.Create(
            $$"""
            {"metadata":{"name":"run-1","namespace":"default","uid":"uid-1","creationTimestamp":"{{startedAt}}Z",
              "labels":{"rollout-type":"Step","rollouts-pod-template-hash":"new"},
              "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary","provider":{"plugin":{"rollouts-companion.io/canary":{
               "preset":"fast","minimumStepSeconds":480,"deadlineSeconds":600,"metrics":{"memory":{} } } } } }]},
             "status":{"phase":"Running","startedAt":"{{startedAt}}Z"} }
            """
        );
        _world.Watch();
        await _world.RunAsync(TimeSpan.FromMinutes(11));
        return Assert.Single(_world.Server.Runs)["status"]!["metricResults"]![0]!;
    }
}

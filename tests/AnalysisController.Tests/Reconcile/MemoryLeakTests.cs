using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// The one demo fault that takes longer than an end-to-end test may: the memory leak, on a virtual clock.
/// </summary>
public sealed class MemoryLeakTests : IDisposable
{
    private const double Megabyte = 1e6;
    private readonly World _world = new() { StablePods = 5 };

    public MemoryLeakTests() => _world.Start();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_leak_that_leads_nowhere_within_the_hour_holds_the_pass_and_ends_Inconclusive()
    {
        _world.CanaryLeakBytesPerSecond = 0.1 * Megabyte;

        var metric = await JudgeAsync();

        Assert.Equal("Inconclusive", (string?)metric["phase"]);
        Assert.StartsWith("Held: memory", (string?)metric["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leak_that_leads_to_the_containers_limit_within_the_hour_aborts()
    {
        _world.CanaryLeakBytesPerSecond = 0.2 * Megabyte;

        var metric = await JudgeAsync();

        Assert.Equal("Failed", (string?)metric["phase"]);
        Assert.StartsWith("MemoryLimitProjected", (string?)metric["message"], StringComparison.Ordinal);
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

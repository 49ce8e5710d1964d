using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>Every demo fault has its verdict, and docs/drill-a-rollback.md says which.</summary>
public sealed class DemoFaultTests(FaultGround ground, ITestOutputHelper output) : IClassFixture<FaultGround>
{
    public static TheoryData<string> Kinds => [.. FaultDrills.All.Select(drill => drill.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_demo_fault_comes_to_the_verdict_that_the_docs_tell(string kind)
    {
        var drill = FaultDrills.All.Single(candidate => candidate.Kind == kind);

        var run = await ground.EndOfAsync(kind);

        var said = DrillGround.WhatIsSaidOf(run);
        output.WriteLine($"{run["status"]!["phase"]}: {said}");
        Assert.True(drill.Phase == (string?)run["status"]!["phase"], $"{run["status"]!["phase"]}: {said}");
        Assert.StartsWith(drill.Reason, said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_in_the_docs_has_every_drill_in_its_words()
    {
        var docs = File.ReadAllLines(Path.Combine(RepositoryFiles.Crds(), "../docs/drill-a-rollback.md"));

        Assert.All(FaultDrills.All, drill => Assert.Contains(drill.ToRow(), docs));
        Assert.Equal(FaultDrills.All.Count + 1, docs.Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }
}

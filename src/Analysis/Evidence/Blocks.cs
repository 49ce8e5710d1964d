namespace Rollouts.Analysis.Evidence;

/// <summary>
/// Pods dealt into comparable blocks, as cards are dealt: each block is an independent unit of evidence.
/// </summary>
internal static class Blocks
{
    /// <summary>Number of blocks of two arms: the pods of the smaller one.</summary>
    public static int CountOf(int canaryPods, int stablePods) => Math.Min(canaryPods, stablePods);

    /// <summary>Deals both arms, each sorted by pod name, round robin into the blocks.</summary>
    /// <param name="blocks">Receives the sums; its length is <see cref="CountOf"/>.</param>
    public static void Deal(ReadOnlySpan<PodCounts> canary, ReadOnlySpan<PodCounts> stable, Span<ArmCounts> blocks)
    {
        blocks.Clear();
        if (blocks.IsEmpty)
        {
            return;
        }

        for (var i = 0; i < canary.Length; i++)
        {
            ref var block = ref blocks[i % blocks.Length];
            block += new ArmCounts(canary[i].Bad, 0, canary[i].Exposure, 0);
        }

        for (var i = 0; i < stable.Length; i++)
        {
            ref var block = ref blocks[i % blocks.Length];
            block += new ArmCounts(0, stable[i].Bad, 0, stable[i].Exposure);
        }
    }
}

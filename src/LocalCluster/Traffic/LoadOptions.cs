namespace Rollouts.LocalCluster.Traffic;

internal sealed record LoadOptions
{
    public required int Seed { get; init; }

    public double RequestsPerSecond { get; init; } = 500;

    public string Path { get; init; } = "/api/items";
}

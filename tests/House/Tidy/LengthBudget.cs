namespace Rollouts.House.Tidy;

/// <summary>How long files may be as a whole: a long tail hides the story.</summary>
internal readonly record struct LengthBudget(int Median, int Percentile95)
{
    public static LengthBudget House { get; } = new(80, 300);

    public static LengthBudget Of(IEnumerable<SourceFile> files)
    {
        var lengths = files.Select(file => file.Lines.Count).Order().ToList();
        return new(At(lengths, 0.50), At(lengths, 0.95));
    }

    public bool Allows(LengthBudget actual) => actual.Median <= Median && actual.Percentile95 <= Percentile95;

    // The nearest rank: the smallest length that at least this share of the files does not exceed.
    private static int At(List<int> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
}

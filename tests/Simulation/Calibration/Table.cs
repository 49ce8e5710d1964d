using System.Globalization;

namespace Rollouts.Simulation.Calibration;

/// <summary>Rows of the calibration's tables, in Markdown.</summary>
internal static class Table
{
    public static string HealthyHeader { get; } = Header(
        ["healthy canary", "judge aborts % ± s.e.", "passes %", "time to pass, median / p95",
            .. Experiment.Competitors.Select(name => name + " %")]);

    public static string BadHeader { get; } = Header(
    [
        "regression", "judge finds %", "median / p95 intervals", "reference median", "median canary requests",
            "passed first %",
        .. Experiment.Competitors,
    ]);

    public static string HealthyRow(Experiment experiment) => Row(
    [
        experiment.Scenario.Name,
        $"**{Percent(experiment.AbortShare)}** ± {Percent(experiment.ErrorOf(experiment.AbortShare))}",
        Percent(experiment.PassedFirstShare),
        $"{Intervals(experiment.PassQuantile(.5))} / {Intervals(experiment.PassQuantile(.95))}",
        .. Others(experiment, k => Percent(experiment.OtherShare(k))),
    ]);

    public static string BadRow(Experiment experiment, double reference) => Row(
    [
        experiment.Scenario.Name,
        $"**{Percent(experiment.FoundShare)}**",
        $"**{Intervals(experiment.TimeQuantile(.5))} / {Intervals(experiment.TimeQuantile(.95))}**",
        Intervals(reference),
        Intervals(experiment.RequestsQuantile(.5)),
        experiment.Scenario.Onset > 0 ? "(before onset)" : Percent(experiment.PassedFirstShare),
        .. Others(experiment, k =>
            $"{Intervals(experiment.OtherQuantile(k, .5))} / {Intervals(experiment.OtherQuantile(k, .95))}"),
    ]);

    private static IEnumerable<string> Others(Experiment experiment, Func<int, string> cell) =>
        experiment.Outcomes[0].Others.Length == 0 ? []
            : Enumerable.Range(0, Experiment.Competitors.Length).Select(cell);

    private static string Header(IReadOnlyList<string> cells) => Row(cells) + "\n" + Row([.. cells.Select(_ => "---")]);

    private static string Row(IEnumerable<string> cells) => "| " + string.Join(" | ", cells) + " |";

    private static string Percent(double share) => (share * 100).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Intervals(double count) =>
        double.IsInfinity(count) ? "–" : count.ToString("0", CultureInfo.InvariantCulture);
}

namespace Rollouts.EndToEnd;

/// <summary>
/// Where the situations are played in which the two versions do not serve side by side, or not evenly.
/// </summary>
public sealed class SituationGround : DrillGround
{
    private const string AtMostFivePercent =
        """{"limits": [{"metric": "errors", "max": "0.05", "minimumRequests": 500}]}""";

    private const string UntilSoon = """{"deadlineSeconds": 25}""";

    private const string Routed = """
        {"canary": {"stableService": "NAME", "canaryService": "NAME-other",
          "trafficRouting": {"nginx": {"stableIngress": "NAME"} }, "dynamicStableScale": SCALE, "steps": [
            {"setWeight": WEIGHT}, {"analysis": {"templates": [{"templateName": "NAME"}]} }]} }
        """;

    private const string BeforeTheSwitch = """
        {"blueGreen": {"activeService": "NAME", "previewService": "NAME-other",
          "prePromotionAnalysis": {"templates": [{"templateName": "NAME"}]} } }
        """;

    private const string OneInPlace = """
        {"canary": {"maxSurge": 0, "maxUnavailable": 1, "steps": [
          {"setWeight": 50}, {"analysis": {"templates": [{"templateName": "NAME"}]} }]} }
        """;

    private protected override IReadOnlyList<Drill> Drills { get; } =
    [
        new()
        {
            Name = "all-weight-bad", Settings = AtMostFivePercent, Strategy = RoutedAt(100), Replicas = 2,
            Fault = ("DEMO_FAULT_ERROR", "ratio=1,status=500"),
        },
        new() { Name = "all-weight-no-limits", Settings = UntilSoon, Strategy = RoutedAt(100), Replicas = 2 },
        new() { Name = "preview-idle", Settings = UntilSoon, Strategy = BeforeTheSwitch, Replicas = 2 },
        new()
        {
            Name = "preview-crashes", Strategy = BeforeTheSwitch, Replicas = 2,
            Fault = ("DEMO_FAULT_CRASH", "afterSeconds=3"),
        },
        new() { Name = "one-in-place", Settings = UntilSoon, Strategy = OneInPlace, Replicas = 1 },
        new() { Name = "stable-shrinks", Strategy = RoutedAt(50, shrinks: true), Replicas = 2 },
    ];

    private static string RoutedAt(int weight, bool shrinks = false) =>
        Routed.Replace("WEIGHT", $"{weight}", StringComparison.Ordinal)
            .Replace("SCALE", shrinks ? "true" : "false", StringComparison.Ordinal);
}

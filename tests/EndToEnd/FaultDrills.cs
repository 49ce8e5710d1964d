using Rollouts.LocalCluster.Scenarios;

namespace Rollouts.EndToEnd;

/// <summary>The table of docs/drill-a-rollback.md without the memory leak, which takes longer than a test.</summary>
internal static class FaultDrills
{
    public static IReadOnlyList<FaultDrill> All { get; } =
    [
        new()
        {
            Kind = "error", Fault = "ratio=0.2,status=500", Phase = "Failed", Reason = "WorseThanStable: errors",
            Verdict = "Abort: `WorseThanStable`, errors",
        },
        new()
        {
            Kind = "slow", Fault = "ms=300,jitterMs=50,ratio=1", Phase = "Failed", Reason = "WorseThanStable: lat",
            Verdict = "Abort: `WorseThanStable`, latency",
        },
        new()
        {
            Kind = "crash", Fault = "afterSeconds=3", Analysis = AnalysisPlacement.Background, Phase = "Failed",
            Reason = "CrashLoop", Verdict = "Abort: `CrashLoop`",
        },
        new()
        {
            Kind = "unhealthy", Analysis = AnalysisPlacement.Background, Phase = "Failed",
            Reason = "WorseThanStable: health", Verdict = "Abort: `WorseThanStable`, health",
        },
        new()
        {
            Kind = "hang", Fault = "ratio=1", Settings = """{"metrics": ["errors", "health"]}""",
            Analysis = AnalysisPlacement.Background, Phase = "Failed", Reason = "WorseThanStable: health",
            Verdict = "Abort: `WorseThanStable`, health; or latency, once clients give up waiting",
        },
        new()
        {
            Kind = "cpu", Fault = "cores=0.5,duty=0.5", Analysis = AnalysisPlacement.Background, Phase = "Running",
            Reason = "", Verdict = "none by itself; Abort as with `slow` when requests get slower by it",
        },
        new()
        {
            Kind = "unready", Settings = """{"neverReadyAfterSeconds": 10}""",
            Analysis = AnalysisPlacement.Background, Phase = "Failed", Reason = "NeverReady",
            Verdict = "Abort: `NeverReady`, after `neverReadyAfterSeconds`",
        },
        new()
        {
            Kind = "metrics-missing", Settings = """{"deadlineSeconds": 15, "minimumStepSeconds": 5}""",
            Phase = "Inconclusive", Reason = "ScrapeFailed",
            Verdict = "Inconclusive at the deadline: `ScrapeFailed`, with the status that was answered",
        },
        new()
        {
            Kind = "metrics-garbage", Settings = """{"deadlineSeconds": 15, "minimumStepSeconds": 5}""",
            Phase = "Inconclusive", Reason = "ScrapeFailed",
            Verdict = "Inconclusive at the deadline: `ScrapeFailed`, with the line that cannot be read",
        },
        new()
        {
            Kind = "counter-reset", Fault = "everySeconds=5", Phase = "Successful", Reason = "WithinMargins",
            Verdict = "none: Pass, the gap counts as missing",
        },
        new()
        {
            Kind = "class-drift", Fault = "ratio=0.8,category=Watches",
            Settings = """
                {"metrics": {"classes": {"counter": "items_served_total", "label": "category"}}}
                """,
            Phase = "Failed", Reason = "WorseThanStable: classes",
            Verdict = "Abort: `WorseThanStable`, classes, if the policy has the metric",
        },
    ];
}

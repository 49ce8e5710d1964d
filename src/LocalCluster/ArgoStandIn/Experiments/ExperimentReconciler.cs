using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Runs;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;

namespace Rollouts.LocalCluster.ArgoStandIn.Experiments;

/// <summary>
/// One reconcile of an Experiment, START HERE: templates come up as ReplicaSets, then the analyses run, and the worst
/// of all is the phase (experiments/experiment.go, v1.10).
/// </summary>
internal static class ExperimentReconciler
{
    private static readonly string[] TemplateOrder = ["Successful", "Running", "Progressing", "Error", "Failed"];

    public static RolloutPlan Reconcile(ExperimentState state)
    {
        var pass = new ExperimentPass(state);
        foreach (var template in pass.Templates)
            ExperimentTemplates.Reconcile(pass, template);
        foreach (var analysis in pass.Analyses)
            ExperimentAnalyses.Reconcile(pass, analysis);
        WritePhase(pass);
        if (!pass.IsTerminating)
            pass.LookAgainAt(pass.EndsAt);
        if (MergePatch.Between(pass.Status, pass.Next) is { } patch)
        {
            // There is no status subresource.
            var body = new JsonObject { ["status"] = patch };
            pass.Write(new ClusterWrite.Patch(ArgoNames.Experiments, pass.Name, body));
        }
        return new RolloutPlan(pass.Writes, pass.NextAt);
    }

    private static void WritePhase(ExperimentPass pass)
    {
        var phase = pass.Status.Text("phase");
        if (string.IsNullOrEmpty(phase))
            pass.Next["phase"] = AnalysisPhase.Pending;
        if (phase is not (AnalysisPhase.Pending or AnalysisPhase.Running))
            return;
        var (templates, templatesMessage) = OfTemplates(pass);
        var (analyses, analysesMessage, requiredPassed) = OfAnalyses(pass);
        if (templates == AnalysisPhase.Running && pass.Next["availableAt"] is null)
            pass.Next["availableAt"] = pass.Now.ToWire();
        var isAnalysisBad = AnalysisPhase.IsCompleted(analyses) && analyses != AnalysisPhase.Successful;
        var hasRequired = pass.Analyses.Any(analysis => analysis.Flag("requiredForCompletion"));
        var takesAnalyses = AnalysisPhase.IsCompleted(templates)
            ? templates == AnalysisPhase.Successful && (AnalysisPhase.IsCompleted(analyses) || hasRequired)
            : isAnalysisBad || requiredPassed;
        pass.Next["phase"] = takesAnalyses ? analyses : templates;
        pass.Next.SetText("message", takesAnalyses ? analysesMessage : templatesMessage);
    }

    private static (string Phase, string? Message) OfTemplates(ExperimentPass pass)
    {
        var worst = pass.Next.Items("templateStatuses").MaxBy(status => Rank(status.Text("status")));
        var phase = worst.Text("status") switch
        {
            "Progressing" => AnalysisPhase.Pending,
            "Failed" => AnalysisPhase.Failed,
            "Error" => AnalysisPhase.Error,
            "Successful" => AnalysisPhase.Successful,
            _ => AnalysisPhase.Running,
        };
        return (phase, worst.Text("message"));
    }

    private static int Rank(string? status) => Array.IndexOf(TemplateOrder, status);

    private static (string Phase, string? Message, bool RequiredPassed) OfAnalyses(ExperimentPass pass)
    {
        var runs = pass.Next.Items("analysisRuns");
        var required = pass.Analyses.Where(analysis => analysis.Flag("requiredForCompletion"))
            .Select(analysis => analysis.Text("name")).ToHashSet();
        var requiredPassed = required.Count > 0 && runs.Where(run => required.Contains(run.Text("name")))
            .All(run => run.Text("phase") == AnalysisPhase.Successful);
        var worst = runs.Where(run => run.Text("phase") is { Length: > 0 })
            .MaxBy(run => AnalysisPhase.Rank(run.Text("phase")));
        var phase = worst.Text("phase") ?? (runs.Count == 0 ? AnalysisPhase.Successful : AnalysisPhase.Running);
        if (requiredPassed && !AnalysisPhase.IsCompleted(phase))
            return (AnalysisPhase.Successful, "Required AnalysisRuns completed", true);
        return (phase == AnalysisPhase.Pending ? AnalysisPhase.Running : phase, worst.Text("message"), requiredPassed);
    }
}

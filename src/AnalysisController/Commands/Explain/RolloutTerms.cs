using Rollouts.Analysis;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>By what a Rollout would be judged now, and who says so.</summary>
/// <param name="Problem">Why what they say cannot be used; null when it can.</param>
internal sealed record RolloutTerms(AnalysisSpec Spec, ScrapeSettings Scrape, string From, string? Problem = null)
{
    private static readonly AnalysisSpec Default = new();

    /// <summary>A live run of Argo's wins over a policy, as it does in the controller.</summary>
    public static RolloutTerms Of(ClusterCaches caches, Rollout rollout, RolloutSnapshot? snapshot)
    {
        if (snapshot is { Runs: [var run, ..] })
        {
            return OfRun(caches, run);
        }

        var policies = PolicySelection.For(rollout, caches.Policies.In(rollout.Metadata.Namespace));
        return policies is [var first, ..]
            ? new RolloutTerms(first.Analysis, first.Scrape, $"CanaryPolicy {first.Name}")
            : new RolloutTerms(
                Default,
                ScrapeSettings.FromPod,
                "the defaults: no analysis run of ours is under way, and no CanaryPolicy selects the Rollout"
            );
    }

    private static RolloutTerms OfRun(ClusterCaches caches, JudgedRun judged)
    {
        var name = judged.Run.Metadata.Name;
        var @namespace = judged.Run.Metadata.Namespace;
        try
        {
            var read = RunTerms.Read(
                judged.Metric.Body(),
                policy => caches.Policies.Find(new ObjectKey(@namespace, policy))
            );
            return read switch
            {
                RunTermsResult.Valid(var terms) => new RolloutTerms(
                    terms.Spec,
                    terms.Scrape,
                    $"AnalysisRun {name}" + (terms.Policy is { } policy ? $", CanaryPolicy {policy}" : "")
                ),
                RunTermsResult.Invalid(var problems) => Unusable(name, string.Join("; ", problems)),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (FormatException e)
        {
            return Unusable(name, e.Message);
        }
    }

    private static RolloutTerms Unusable(string run, string problem) =>
        new(Default, ScrapeSettings.FromPod, "the defaults", $"InvalidSpec: AnalysisRun {run}: {problem}");
}

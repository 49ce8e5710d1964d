using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// The pods of one Rollout that could not be scraped in their last round, so that each is told of once.
/// </summary>
internal sealed class FailingPods
{
    private Dictionary<string, string> _reasons = [];

    /// <summary>Takes in a round, and forgets the pods that are not in it.</summary>
    /// <param name="failed">Told of a pod with a new reason.</param>
    /// <param name="succeeded">Told of a pod that answers again.</param>
    public void Take(
        IReadOnlyList<PodScrape> round,
        Action<string, MetricsScrape.Failed> failed,
        Action<string> succeeded
    )
    {
        var reasons = new Dictionary<string, string>();
        foreach (var scrape in round)
        {
            var before = _reasons.GetValueOrDefault(scrape.Pod);
            if (scrape.Metrics is MetricsScrape.Failed now)
            {
                reasons[scrape.Pod] = now.Reason;
                if (now.Reason != before)
                {
                    failed(scrape.Pod, now);
                }
            }
            else if (before is not null && scrape.Metrics is MetricsScrape.Answered)
            {
                succeeded(scrape.Pod);
            }
        }

        _reasons = reasons;
    }
}

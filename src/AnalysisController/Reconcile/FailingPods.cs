using System.Diagnostics;
using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Reconcile;

/// <summary>
/// The pods of one Rollout that could not be scraped when they were last asked, so that each is told of once.
/// </summary>
internal sealed class FailingPods
{
    private readonly Dictionary<string, string> _reasons = [];

    /// <summary>
    /// Takes in a round. A pod that was not asked in it stays as it was: there are rounds of other pods of the Rollout,
    /// those of an Experiment, and a pod that is not Ready has not got over its failure.
    /// </summary>
    /// <param name="failed">Told of a pod with a new reason.</param>
    /// <param name="succeeded">Told of a pod that answers again.</param>
    public void Take(
        IReadOnlyList<PodScrape> round,
        Action<string, MetricsScrape.Failed> failed,
        Action<string> succeeded
    )
    {
        foreach (var scrape in round)
        {
            switch (scrape.Metrics)
            {
                case MetricsScrape.Failed now when now.Reason != _reasons.GetValueOrDefault(scrape.Pod):
                    _reasons[scrape.Pod] = now.Reason;
                    failed(scrape.Pod, now);
                    break;
                case MetricsScrape.Answered when _reasons.Remove(scrape.Pod):
                    succeeded(scrape.Pod);
                    break;
                case MetricsScrape.Failed or MetricsScrape.Answered or MetricsScrape.NotAsked:
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    /// <summary>Forgets the pods that are gone.</summary>
    /// <param name="pods">Names of those that are there.</param>
    public void KeepOnly(IReadOnlySet<string> pods)
    {
        foreach (var gone in _reasons.Keys.Where(pod => !pods.Contains(pod)).ToList())
        {
            _reasons.Remove(gone);
        }
    }
}

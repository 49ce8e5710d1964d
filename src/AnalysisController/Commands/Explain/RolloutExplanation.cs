using System.Collections.Immutable;
using Rollouts.Analysis;
using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>Explains a Rollout: asks its pods once, as the controller would, and writes nothing.</summary>
internal sealed class RolloutExplanation(KubernetesClient client, PodScraper scraper)
{
    /// <exception cref="KubernetesException">The Rollout is not there, or the server does not answer.</exception>
    public async Task<Explanation> OfAsync(ObjectKey key, CancellationToken cancellation)
    {
        var caches = await ReadAsync(key, cancellation);
        var rollout = caches.Rollouts.Find(key)!;
        var snapshot = RolloutSnapshot.Gather(caches, key);
        var terms = RolloutTerms.Of(caches, rollout, snapshot);
        var pods = snapshot is { Runs: [var run, ..] } ? run.Pods : PodsOf(caches, rollout);
        var sources = await Task.WhenAll(pods.Select(pod => ExplainAsync(pod, terms, cancellation)));
        return new Explanation(
            $"Rollout {key.Namespace}/{key.Name}",
            terms.From,
            [.. Notes(caches, rollout, snapshot, terms)],
            [.. sources],
            snapshot is null or { Rollout.Status.Abort: true } ? null : ArmComparison.Of([.. sources])
        );
    }

    private async Task<ClusterCaches> ReadAsync(ObjectKey key, CancellationToken cancellation)
    {
        var caches = new ClusterCaches();
        caches.Rollouts.Put(await client.GetAsync(ResourceTypes.Rollouts, key, cancellation));
        await ListAsync(ResourceTypes.ReplicaSets, caches.ReplicaSets);
        await ListAsync(ResourceTypes.Pods, caches.Pods);
        await ListAsync(ResourceTypes.AnalysisRuns, caches.AnalysisRuns);
        if (await client.ServesAsync(ResourceTypes.Experiments, cancellation))
        {
            await ListAsync(ResourceTypes.Experiments, caches.Experiments);
        }

        if (await client.ServesAsync(ResourceTypes.CanaryPolicies, cancellation))
        {
            await ListAsync(ResourceTypes.CanaryPolicies, caches.Policies);
        }

        return caches;

        async Task ListAsync<T>(ResourceType<T> type, ResourceCache<T> cache)
            where T : IKubernetesObject
        {
            var (items, _) = await client.ListAsync(type, key.Namespace, cancellation);
            cache.Apply(new ResourceEvent<T>.Listed(items));
        }
    }

    private static IEnumerable<string> Notes(
        ClusterCaches caches,
        Rollout rollout,
        RolloutSnapshot? snapshot,
        RolloutTerms terms
    )
    {
        if (terms.Problem is { } problem)
        {
            yield return problem;
        }

        if (snapshot is { Rollout.Status.Abort: true, Pair: var aborted })
        {
            yield return $"the update to {aborted.CanaryHash} was aborted: stable {aborted.StableHash} serves, "
                + "and nothing is judged until somebody retries";
            if (LastFailureOf(caches, snapshot) is { } run)
            {
                yield return $"AnalysisRun {run.Metadata.Name}: {run.Metadata.Annotations[RunAnnotations.Summary]}";
            }
        }
        else if (snapshot is { Pair: var pair })
        {
            yield return $"an update is under way: stable {pair.StableHash}, canary {pair.CanaryHash}";
        }
        else
        {
            yield return rollout.Status.StableRS.Length > 0
                ? $"no update is under way: all pods are of stable {rollout.Status.StableRS}"
                : "no version is stable yet";
        }
    }

    /// <summary>The run of ours that failed last for these two versions; null when something else aborted.</summary>
    private static AnalysisRun? LastFailureOf(ClusterCaches caches, RolloutSnapshot snapshot) =>
        caches
            .AnalysisRuns.OwnedBy(snapshot.Rollout.Metadata.Uid)
            .Where(run =>
                run.Status.Phase is AnalysisPhase.Failed or AnalysisPhase.Error
                && run.Metadata.Annotations.GetValueOrDefault(RunAnnotations.Pair) == snapshot.Pair.ToString()
                && run.Metadata.Annotations.ContainsKey(RunAnnotations.Summary)
            )
            .MaxBy(run => run.Metadata.CreationTimestamp);

    /// <summary>Of both arms while an update is under way; else all that the Rollout has.</summary>
    private static ImmutableArray<ArmPod> PodsOf(ClusterCaches caches, Rollout rollout)
    {
        var pair = ReplicaSetPair.Of(rollout);
        return
        [
            .. from set in caches.ReplicaSets.OwnedBy(rollout.Metadata.Uid)
            let hash = set.Metadata.Labels.GetValueOrDefault(ResourceTypes.PodTemplateHashLabel)
            where pair is not { } both || hash == both.StableHash || hash == both.CanaryHash
            let arm = hash == pair?.CanaryHash ? Arm.Canary : Arm.Stable
            from pod in caches.Pods.OwnedBy(set.Metadata.Uid)
            where pod.Metadata.DeletionTimestamp is null
            orderby arm, pod.Metadata.Name
            select new ArmPod(arm, pod),
        ];
    }

    private async Task<SourceExplanation> ExplainAsync(
        ArmPod armPod,
        RolloutTerms terms,
        CancellationToken cancellation
    )
    {
        var (arm, pod) = armPod;
        var target = ScrapeTarget.Of(pod, terms.Scrape) as ScrapeTarget.Found;
        var explained = new SourceExplanation
        {
            Name = pod.Metadata.Name,
            Arm = arm == Arm.Canary ? "canary" : "stable",
            Target = target?.Metrics.ToString() ?? "",
            TargetFrom = target?.PortFrom ?? "",
            Result = SourceExplanation.NotAsked,
            Message = "the pod is not Ready",
        };
        if (PodReading.ReadyAt(pod) is null)
        {
            return explained;
        }

        using var round = scraper.Round("", keeps: null);
        var (metrics, health) = await scraper.ScrapeAsync(pod, terms.Scrape, round, cancellation);
        return metrics switch
        {
            MetricsScrape.Failed(var reason, var message) => explained with { Result = reason, Message = message },
            MetricsScrape.Answered(var families) => explained with
            {
                Result = SourceExplanation.Answered,
                Message = "",
                Reading = WithPod(ScrapeReading.Of(families, terms.Spec), terms.Spec, pod, target, health),
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Puts in what a pod says beside its metrics.</summary>
    private static ScrapeReading WithPod(
        ScrapeReading reading,
        AnalysisSpec spec,
        Pod pod,
        ScrapeTarget.Found? target,
        HealthProbe health
    )
    {
        var answer = health switch
        {
            HealthProbe.Pass => "passes",
            HealthProbe.Fail => "fails",
            HealthProbe.Unknown => "says nothing of health: it is left out",
        };
        var restarts = pod.Status.ContainerStatuses.Sum(container => container.RestartCount);
        var besides = new Dictionary<MetricKind, string>
        {
            [MetricKind.Health] = $"GET {target?.Health}: {answer}",
            [MetricKind.Restarts] = $"the pod's status: {restarts} restarts so far",
        };
        return reading with
        {
            Metrics =
            [
                .. reading.Metrics.Zip(
                    spec.Metrics,
                    (finding, metric) =>
                        finding.IsFound is null && besides.TryGetValue(metric.Kind, out var words)
                            ? finding with { Words = words }
                            : finding
                ),
            ],
        };
    }
}

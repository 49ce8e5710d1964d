using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;

namespace Rollouts.AnalysisController;

/// <summary>
/// What the controller tells of itself, under the names that controller-runtime's dashboards know, and of its verdicts.
/// Source of the names: kubernetes-sigs/controller-runtime pkg/internal/controller/metrics, kubernetes/client-go
/// util/workqueue.
/// </summary>
internal sealed class ControllerMetrics : IDisposable
{
    public const string MeterName = "Rollouts.AnalysisController";

    /// <summary>Values of the label <c>controller</c>: one for each reconcile loop.</summary>
    public const string RolloutController = "rollout";

    public const string PolicyController = "canarypolicy";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _reconciles;
    private readonly Counter<long> _reconcileErrors;
    private readonly Histogram<double> _reconcileSeconds;
    private readonly Counter<long> _scrapeErrors;
    private readonly Counter<long> _runs;
    private readonly Counter<long> _watchInterruptions;
    private readonly ConcurrentDictionary<ObjectKey, CanaryVerdict> _verdicts = new();

    /// <param name="queues">The queue of each controller.</param>
    public ControllerMetrics(IReadOnlyDictionary<string, ReconcileQueue> queues)
    {
        _reconciles = _meter.CreateCounter<long>(
            "controller_runtime_reconcile_total",
            description: "Reconciles by their result."
        );
        _reconcileErrors = _meter.CreateCounter<long>(
            "controller_runtime_reconcile_errors_total",
            description: "Reconciles that failed."
        );
        _reconcileSeconds = _meter.CreateHistogram<double>(
            "controller_runtime_reconcile_time_seconds",
            description: "How long a reconcile took, scrapes included.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            }
        );
        _scrapeErrors = _meter.CreateCounter<long>(
            "canary_analysis_scrape_errors_total",
            description: "Scrapes of pods that failed, by reason."
        );
        _runs = _meter.CreateCounter<long>(
            "canary_analysis_runs_total",
            description: "AnalysisRuns that got their verdict, by phase."
        );
        _watchInterruptions = _meter.CreateCounter<long>(
            "canary_analysis_watch_interruptions_total",
            description: "Watches that broke, by resource."
        );
        _meter.CreateObservableGauge(
            "workqueue_depth",
            () => queues.Select(queue => new Measurement<long>(queue.Value.Depth, Named("name", queue.Key))),
            description: "Keys that wait, those with a later due time included."
        );
        _meter.CreateObservableGauge(
            "controller_runtime_active_workers",
            () => queues.Select(queue => new Measurement<long>(queue.Value.Working, Named("controller", queue.Key))),
            description: "Reconciles under way."
        );
        _meter.CreateObservableGauge(
            "canary_analysis_verdict",
            ObserveVerdicts,
            description: "1 for the verdict that holds now, 0 for the others."
        );
        _meter.CreateObservableGauge(
            "canary_analysis_metric_estimate",
            ObserveEstimates,
            description: "Bad events per unit of exposure, by metric and arm."
        );
    }

    public void Reconciled(string controller, ReconcileResult result, TimeSpan elapsed)
    {
        var word = result switch
        {
            ReconcileResult.Success => "success",
            ReconcileResult.Error => "error",
            ReconcileResult.Requeue => "requeue",
            ReconcileResult.RequeueAfter => "requeue_after",
        };
        var label = Named("controller", controller);
        _reconciles.Add(1, label, Named("result", word));
        _reconcileErrors.Add(result == ReconcileResult.Error ? 1 : 0, label);
        _reconcileSeconds.Record(elapsed.TotalSeconds, label);
    }

    public void ScrapeFailed(string reason) =>
        _scrapeErrors.Add(1, Named("reason", reason));

    public void Concluded(string phase) => _runs.Add(1, Named("phase", phase));

    public void WatchInterrupted(string resource) =>
        _watchInterruptions.Add(1, Named("resource", resource));

    public void Judged(Rollout rollout, CanaryVerdict verdict) => _verdicts[ObjectKey.Of(rollout)] = verdict;

    /// <summary>The series of a Rollout go with its analysis.</summary>
    public void Forget(ObjectKey key) => _verdicts.TryRemove(key, out _);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Named(string label, string value) => new(label, value);

    private IEnumerable<Measurement<long>> ObserveVerdicts() =>
        from entry in _verdicts
        from decision in Enum.GetValues<Decision>()
        select new Measurement<long>(
            entry.Value.Decision == decision ? 1 : 0,
            Named("namespace", entry.Key.Namespace),
            Named("rollout", entry.Key.Name),
            Named("verdict", decision.ToString())
        );

    private IEnumerable<Measurement<double>> ObserveEstimates()
    {
        foreach (var (key, verdict) in _verdicts)
        {
            foreach (var metric in verdict.Metrics)
            {
                foreach (var (arm, value) in new[] { ("canary", metric.CanaryValue), ("stable", metric.StableValue) })
                {
                    if (value is { } known)
                    {
                        yield return new Measurement<double>(
                            known,
                            Named("namespace", key.Namespace),
                            Named("rollout", key.Name),
                            Named("metric", metric.Metric),
                            Named("arm", arm)
                        );
                    }
                }
            }
        }
    }
}

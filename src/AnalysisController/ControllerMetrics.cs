using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;
using Rollouts.Exposition.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Rollouts.AnalysisController;

/// <summary>
/// What the controller tells of its verdicts, and of its reconciles under the names that controller-runtime's
/// dashboards know. docs/metrics.md is the reference.
/// Source of the names: kubernetes-sigs/controller-runtime pkg/internal/controller/metrics, kubernetes/client-go
/// tools/leaderelection.
/// </summary>
internal sealed class ControllerMetrics : IDisposable
{
    public const string MeterName = "Rollouts.AnalysisController";

    /// <summary>Values of the label <c>controller</c>: one for each reconcile loop.</summary>
    public const string RolloutController = "rollout";

    public const string PolicyController = "canarypolicy";

    private static readonly string[] Watched =
        ["rollouts", "replicasets", "pods", "analysisruns", "experiments", "canarypolicies"];

    private static readonly InstrumentAdvice<double> Minutes = new()
    {
        HistogramBucketBoundaries = [10, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly WorkqueueMetrics _workqueue;
    private readonly Counter<long> _reconciles;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _terminalErrors;
    private readonly Counter<long> _panics;
    private readonly Histogram<double> _reconcileSeconds;
    private readonly Counter<long> _scrapeErrors;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _runSeconds;
    private readonly Counter<long> _watchInterruptions;
    private readonly Counter<long> _journalLines;
    private readonly Counter<long> _journalErrors;
    private readonly Counter<long> _events;
    private readonly ConcurrentDictionary<ObjectKey, CanaryVerdict> _verdicts = new();

    private readonly IReadOnlyDictionary<string, ReconcileQueue> _queues;

    /// <param name="queues">The queue of each controller.</param>
    public ControllerMetrics(IReadOnlyDictionary<string, ReconcileQueue> queues)
    {
        _queues = queues;
        _workqueue = new WorkqueueMetrics(_meter, queues);
        _reconciles = Counter("controller_runtime_reconcile_total", "Reconciles by their result.");
        _errors = Counter("controller_runtime_reconcile_errors_total", "Reconciles that failed.");
        _terminalErrors = Counter(
            "controller_runtime_terminal_reconcile_errors_total",
            "Reconciles that failed in a way that only a change can mend."
        );
        _panics = Counter("controller_runtime_reconcile_panics_total", "Reconciles that broke by a bug.");
        _reconcileSeconds = _meter.CreateHistogram(
            "controller_runtime_reconcile_time_seconds",
            description: "How long a reconcile took, scrapes included.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
            }
        );
        _meter.CreateObservableGauge(
            "controller_runtime_max_concurrent_reconciles",
            () => queues.Select(queue => new Measurement<long>(ReconcileLoop.Workers, LabelOf(queue.Key))),
            description: "Reconciles that may be under way at the same time."
        );
        _meter.CreateObservableGauge(
            "controller_runtime_active_workers",
            () => queues.Select(queue => new Measurement<long>(queue.Value.Working.Count, LabelOf(queue.Key))),
            description: "Reconciles under way."
        );
        _scrapeErrors = Counter("canary_analysis_scrape_errors_total", "Scrapes of pods that failed, by reason.");
        _runs = Counter("canary_analysis_runs_total", "Analysis runs that got their verdict, by verdict.");
        _runSeconds = _meter.CreateHistogram(
            "canary_analysis_duration_seconds",
            description: "From the start of an analysis run to its verdict.",
            advice: Minutes
        );
        _watchInterruptions = Counter("canary_analysis_watch_interruptions_total", "Watches that broke, by resource.");
        _journalLines = Counter("canary_analysis_journal_lines_total", "Lines written to the journal.");
        _journalErrors = Counter(
            "canary_analysis_journal_errors_total",
            "Entries that the journal could not take: the disk is full, read-only or too slow."
        );
        _events = Counter("canary_analysis_events_total", "Kubernetes events by what became of them.");
        _meter.CreateObservableGauge(
            "canary_analysis_verdict",
            ObserveVerdicts,
            description: "1 for the verdict that holds now, 0 for the others."
        );
        _meter.CreateObservableGauge(
            "canary_analysis_metric_estimate",
            ObserveEstimates,
            description: "Bad events per unit of exposure in this step, by metric and arm."
        );
        _meter.CreateObservableGauge(
            "canary_analysis_samples",
            ObserveSamples,
            description: "Units of exposure weighed in this step, requests for most metrics, by metric and arm."
        );
    }

    /// <summary>Whether an instrument is one of this controller's: several may live in one process.</summary>
    public bool Has(Instrument instrument) => instrument.Meter == _meter;

    /// <summary>
    /// Lets every series whose labels are known beforehand begin at zero, as controller-runtime does.
    /// </summary>
    public void InitializeIn(MetricRegistry registry)
    {
        foreach (var controller in _queues.Keys.Select(LabelOf))
        {
            foreach (var result in Enum.GetValues<ReconcileResult>())
            {
                registry.Initialize(_reconciles, controller, new Tag("result", WordOf(result)));
            }

            registry.Initialize(_errors, controller);
            registry.Initialize(_terminalErrors, controller);
            registry.Initialize(_panics, controller);
            registry.Initialize(_reconcileSeconds, controller);
        }

        registry.Initialize(_runSeconds);
        registry.Initialize(_journalLines);
        registry.Initialize(_journalErrors);
        foreach (var verdict in (string[])[.. Enum.GetNames<Decision>(), "Error"])
        {
            if (verdict != nameof(Decision.Continue))
            {
                registry.Initialize(_runs, new Tag("verdict", verdict));
            }
        }

        foreach (var resource in Watched)
        {
            registry.Initialize(_watchInterruptions, new Tag("resource", resource));
        }

        foreach (var outcome in Enum.GetValues<EventOutcome>())
        {
            registry.Initialize(_events, new Tag("outcome", WordOf(outcome)));
        }

        foreach (var reason in ScrapeFailure.All)
        {
            registry.Initialize(_scrapeErrors, new Tag("reason", reason));
        }

        _workqueue.InitializeIn(registry);
    }

    /// <summary>Shows who leads; 0 on a stand-by.</summary>
    public void ShowLeader(string lease, Func<bool> isLeader) =>
        _meter.CreateObservableGauge(
            "leader_election_master_status",
            () => new Measurement<long>(isLeader() ? 1 : 0, new Tag("name", lease)),
            description: "1 on the replica that holds the lease, 0 on a stand-by."
        );

    public void Reconciled(string controller, ReconcileResult result, TimeSpan elapsed)
    {
        var label = LabelOf(controller);
        _reconciles.Add(1, label, new Tag("result", WordOf(result)));
        _errors.Add(result == ReconcileResult.Error ? 1 : 0, label);
        _reconcileSeconds.Record(elapsed.TotalSeconds, label);
        _workqueue.Worked(controller, elapsed);
    }

    /// <summary>The key comes back with a wait that grows.</summary>
    public void Retried(string controller) => _workqueue.Retried(controller);

    public void FailedForGood(string controller) => _terminalErrors.Add(1, LabelOf(controller));

    public void Panicked(string controller) => _panics.Add(1, LabelOf(controller));

    public void ScrapeFailed(string reason) => _scrapeErrors.Add(1, new Tag("reason", reason));

    /// <param name="verdict">A decision of the judge, or Error where the spec is invalid.</param>
    public void Concluded(string verdict, TimeSpan duration)
    {
        _runs.Add(1, new Tag("verdict", verdict));
        _runSeconds.Record(duration.TotalSeconds);
    }

    public void WatchInterrupted(string resource) => _watchInterruptions.Add(1, new Tag("resource", resource));

    public void Journaled(int lines) => _journalLines.Add(lines);

    public void JournalFailed() => _journalErrors.Add(1);

    public void EventEnded(EventOutcome outcome) => _events.Add(1, new Tag("outcome", WordOf(outcome)));

    public void Judged(Rollout rollout, CanaryVerdict verdict) => _verdicts[ObjectKey.Of(rollout)] = verdict;

    /// <summary>The series of a Rollout go with its analysis.</summary>
    public void Forget(ObjectKey key) => _verdicts.TryRemove(key, out _);

    /// <summary>All of them go with the lease: the next leader shows its own.</summary>
    public void ForgetAll() => _verdicts.Clear();

    public void Dispose() => _meter.Dispose();

    private static Tag LabelOf(string controller) => new("controller", controller);

    private Counter<long> Counter(string name, string help) => _meter.CreateCounter<long>(name, description: help);

    private static string WordOf(ReconcileResult result) =>
        result switch
        {
            ReconcileResult.Success => "success",
            ReconcileResult.Error => "error",
            ReconcileResult.Requeue => "requeue",
            ReconcileResult.RequeueAfter => "requeue_after",
        };

    private static string WordOf(EventOutcome outcome) =>
        outcome switch
        {
            EventOutcome.Created => "created",
            EventOutcome.Folded => "folded",
            EventOutcome.Dropped => "dropped",
        };

    private IEnumerable<Measurement<long>> ObserveVerdicts() =>
        from entry in _verdicts
        from decision in Enum.GetValues<Decision>()
        select new Measurement<long>(
            entry.Value.Decision == decision ? 1 : 0,
            [.. LabelsOf(entry.Key), new Tag("verdict", decision.ToString())]
        );

    private IEnumerable<Measurement<double>> ObserveEstimates() =>
        ObserveArms(metric => (metric.CanaryValue, metric.StableValue));

    private IEnumerable<Measurement<double>> ObserveSamples() =>
        ObserveArms(metric => (metric.CanaryExposure, metric.StableExposure));

    private IEnumerable<Measurement<double>> ObserveArms(Func<MetricEstimate, (double? Canary, double? Stable)> read) =>
        from entry in _verdicts
        from metric in entry.Value.Metrics
        let values = read(metric)
        from arm in new[] { (Name: "canary", Value: values.Canary), (Name: "stable", Value: values.Stable) }
        let value = arm.Value
        where value is not null
        select new Measurement<double>(
            value.GetValueOrDefault(),
            [.. LabelsOf(entry.Key), new Tag("metric", metric.Metric), new Tag("arm", arm.Name)]
        );

    private static Tag[] LabelsOf(ObjectKey key) => [new("namespace", key.Namespace), new("rollout", key.Name)];
}

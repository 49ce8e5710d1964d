using System.Diagnostics.Metrics;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Exposition.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Rollouts.AnalysisController;

/// <summary>
/// What the queue of keys tells of itself, under the names of client-go's.
/// Source: kubernetes-sigs/controller-runtime pkg/internal/metrics/workqueue.go.
/// </summary>
internal sealed class WorkqueueMetrics
{
    private static readonly InstrumentAdvice<double> PowersOfTen = new()
    {
        HistogramBucketBoundaries = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000],
    };

    private readonly IReadOnlyDictionary<string, Tag[]> _labels;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _queueSeconds;
    private readonly Histogram<double> _workSeconds;

    public WorkqueueMetrics(Meter meter, IReadOnlyDictionary<string, ReconcileQueue> queues)
    {
        _labels = queues.Keys.ToDictionary(
            name => name,
            name => new[] { new Tag("name", name), new Tag("controller", name) }
        );
        meter.CreateObservableGauge(
            "workqueue_depth",
            () => Observe(queues, queue => queue.Depth),
            description: "Keys that are due and wait for a worker."
        );
        meter.CreateObservableCounter(
            "workqueue_adds_total",
            () => Observe(queues, queue => queue.Adds),
            description: "Keys that were put into the queue."
        );
        _queueSeconds = meter.CreateHistogram(
            "workqueue_queue_duration_seconds",
            description: "How long a key that was due waited for a worker.",
            advice: PowersOfTen
        );
        _workSeconds = meter.CreateHistogram(
            "workqueue_work_duration_seconds",
            description: "How long a worker had a key.",
            advice: PowersOfTen
        );
        meter.CreateObservableGauge(
            "workqueue_unfinished_work_seconds",
            () => Observe(queues, queue => queue.Working.Sum(spent => spent.TotalSeconds)),
            description: "How long the keys that are being worked on have been, all together."
        );
        meter.CreateObservableGauge(
            "workqueue_longest_running_processor_seconds",
            () => Observe(queues, LongestIn),
            description: "How long the key that is being worked on longest has been."
        );
        _retries = meter.CreateCounter<long>(
            "workqueue_retries_total",
            description: "Keys that came back after a failure, with a wait that grows."
        );
        foreach (var (name, queue) in queues)
        {
            queue.Waited = waited => _queueSeconds.Record(waited.TotalSeconds, _labels[name]);
        }
    }

    public void InitializeIn(MetricRegistry registry)
    {
        foreach (var labels in _labels.Values)
        {
            registry.Initialize(_retries, labels);
            registry.Initialize(_queueSeconds, labels);
            registry.Initialize(_workSeconds, labels);
        }
    }

    public void Worked(string name, TimeSpan elapsed) => _workSeconds.Record(elapsed.TotalSeconds, _labels[name]);

    public void Retried(string name) => _retries.Add(1, _labels[name]);

    private IEnumerable<Measurement<T>> Observe<T>(
        IReadOnlyDictionary<string, ReconcileQueue> queues,
        Func<ReconcileQueue, T> read
    )
        where T : struct => queues.Select(queue => new Measurement<T>(read(queue.Value), _labels[queue.Key]));

    private static double LongestIn(ReconcileQueue queue) =>
        queue.Working.Select(spent => spent.TotalSeconds).DefaultIfEmpty(0).Max();
}

using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController;

/// <summary>Every log line of the controller, with its number and its words.</summary>
internal static partial class ControllerLog
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "Listening on {address}; API server {server} ({source}), version {version}; {scope}"
    )]
    public static partial void Started(
        ILogger log,
        string address,
        Uri server,
        string source,
        string version,
        string scope
    );

    [LoggerMessage(2, LogLevel.Information, "Caches are in sync: {rollouts} rollouts")]
    public static partial void CachesSynced(ILogger log, int rollouts);

    [LoggerMessage(3, LogLevel.Warning, "Watch of {resource} interrupted: {cause}; again in {retryAfterSeconds:0.0} s")]
    public static partial void WatchInterrupted(ILogger log, string resource, string cause, double retryAfterSeconds);

    [LoggerMessage(4, LogLevel.Debug, "Scrape of {namespace}/{pod} failed: {reason}: {message}")]
    public static partial void ScrapeFailed(ILogger log, string @namespace, string pod, string reason, string message);

    [LoggerMessage(
        21,
        LogLevel.Warning,
        "Scrapes of {namespace}/{pod} fail: {reason}: {message}; said once until the reason changes"
    )]
    public static partial void ScrapesFail(ILogger log, string @namespace, string pod, string reason, string message);

    [LoggerMessage(22, LogLevel.Information, "{namespace}/{pod} answers scrapes again")]
    public static partial void ScrapesSucceed(ILogger log, string @namespace, string pod);

    [LoggerMessage(5, LogLevel.Information, "{namespace}/{rollout} {analysisrun}: {decision}: {message}")]
    public static partial void VerdictReached(
        ILogger log,
        string @namespace,
        string rollout,
        string analysisRun,
        Decision decision,
        string message
    );

    [LoggerMessage(6, LogLevel.Information, "{namespace}/{rollout} {analysisrun}: concluded {phase}: {message}")]
    public static partial void VerdictConcluded(
        ILogger log,
        string @namespace,
        string rollout,
        string analysisRun,
        string phase,
        string message
    );

    [LoggerMessage(7, LogLevel.Debug, "{key}: conflict, reading again: {message}")]
    public static partial void Conflict(ILogger log, ObjectKey key, string message);

    [LoggerMessage(8, LogLevel.Warning, "{key}: {message}; again in {retryAfterSeconds:0.0} s")]
    public static partial void ReconcileFailed(ILogger log, ObjectKey key, double retryAfterSeconds, string message);

    [LoggerMessage(9, LogLevel.Error, "{key}: reconcile broke; again in {retryAfterSeconds:0} s")]
    public static partial void ReconcileBroke(ILogger log, Exception failure, ObjectKey key, double retryAfterSeconds);

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "The API server's clock is {skewSeconds:0} s away from ours; beyond 5 min Argo ends our runs in Error"
    )]
    public static partial void ClockSkewed(ILogger log, double skewSeconds);

    [LoggerMessage(11, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(40, LogLevel.Warning, "{key}: {intent} carried out for {analysisrun}")]
    public static partial void RolloutActedOn(ILogger log, ObjectKey key, string intent, string analysisRun);

    [LoggerMessage(
        41,
        LogLevel.Information,
        "The cluster has no CanaryPolicy (rollouts-companion.io/v1alpha1): direct mode stays off"
    )]
    public static partial void NoPolicies(ILogger log);

    [LoggerMessage(12, LogLevel.Information, "Leading: {identity} holds lease {lease}")]
    public static partial void StartedLeading(ILogger log, ObjectKey lease, string identity);

    [LoggerMessage(13, LogLevel.Information, "Standing by: lease {lease} is held by '{holder}'")]
    public static partial void StandingBy(ILogger log, ObjectKey lease, string holder);

    [LoggerMessage(
        14,
        LogLevel.Warning,
        "Lost lease {lease}: not renewed for {renewDeadlineSeconds} s; last seen holder is '{holder}'; standing by"
    )]
    public static partial void LostLease(ILogger log, ObjectKey lease, double renewDeadlineSeconds, string holder);

    [LoggerMessage(15, LogLevel.Information, "Released lease {lease}")]
    public static partial void ReleasedLease(ILogger log, ObjectKey lease);

    [LoggerMessage(16, LogLevel.Warning, "Lease {lease}: {message}")]
    public static partial void LeaseFailed(ILogger log, ObjectKey lease, string message);

    [LoggerMessage(
        42,
        LogLevel.Warning,
        "AnalysisRun does not know {field}: Argo Rollouts is older than 1.8, and a gate that asks /api/v1/verdict ends "
            + "Successful at its count though nothing was decided; set its inconclusiveLimit to count - 1"
    )]
    public static partial void ArgoTooOldForPull(ILogger log, string field);

    [LoggerMessage(43, LogLevel.Information, "Cannot tell whether AnalysisRun knows {field}: {message}")]
    public static partial void ArgoNotChecked(ILogger log, string field, string message);

    [LoggerMessage(17, LogLevel.Debug, "{method} {path}: {code} in {milliseconds:0} ms")]
    public static partial void Requested(ILogger log, string method, string path, string code, double milliseconds);

    [LoggerMessage(18, LogLevel.Warning, "Event {reason} on {kind} {object} was not recorded: {message}")]
    public static partial void EventFailed(
        ILogger log,
        string reason,
        string kind,
        string @object,
        string message
    );

    [LoggerMessage(
        19,
        LogLevel.Warning,
        "The journal in {folder} cannot be written: {message}; verdicts go on without it; said once until it can"
    )]
    public static partial void JournalFailed(ILogger log, string folder, string message);

    [LoggerMessage(20, LogLevel.Information, "The journal in {folder} is written again")]
    public static partial void JournalRecovered(ILogger log, string folder);

    [LoggerMessage(
        23,
        LogLevel.Warning,
        "AnalysisRun {key}: the journal lacks {count} lines before the {kept} of this write: no write succeeded for so "
            + "long that they were dropped; the verdict has their evidence"
    )]
    public static partial void LinesForgotten(ILogger log, ObjectKey key, int count, int kept);

    [LoggerMessage(
        24,
        LogLevel.Warning,
        "AnalysisRun {key}: the oldest {count} of {all} lines of the journal have no room in its annotation: a kill "
            + "before the disk has them leaves a gap in the journal; the verdict has their evidence"
    )]
    public static partial void LinesLeftOut(ILogger log, ObjectKey key, int count, int all);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Argo;

/// <summary>The metric of an AnalysisRun that is ours to judge, found by its provider.</summary>
/// <param name="Metric">With the run's arguments put in.</param>
internal sealed record CompanionMetric(AnalysisMetric Metric, VerdictRoute Route)
{
    /// <summary>The key under <c>provider.plugin</c> by which a template asks for us.</summary>
    public const string PluginName = "rollouts-companion.io/canary";

    /// <summary>Go's default of <c>consecutiveErrorLimit</c> (argo-rollouts utils/defaults/defaults.go).</summary>
    private const int DefaultConsecutiveErrorLimit = 4;

    /// <summary>The only <c>metricResults</c> name that we may ever write.</summary>
    public string Name => Metric.Name;

    public int FailureLimit => Limit(Metric.FailureLimit, 0);

    public int InconclusiveLimit => Limit(Metric.InconclusiveLimit, 0);

    public int ConsecutiveErrorLimit => Limit(Metric.ConsecutiveErrorLimit, DefaultConsecutiveErrorLimit);

    public bool DryRun { get; private init; }

    /// <summary>Further metrics that name our provider: one can be judged, so they make the spec invalid.</summary>
    public ImmutableArray<string> Others { get; private init; } = [];

    /// <summary>Null when the run has no metric of ours.</summary>
    public static CompanionMetric? Find(AnalysisRun run)
    {
        var ours = (
            from declared in run.Spec.Metrics
            let metric = run.Resolve(declared)
            let route = RouteOf(run, metric.Provider)
            where route is not null
            select new CompanionMetric(metric, route.Value)
        ).ToList();
        return ours is not [var first, .. var others]
            ? null
            : first with
            {
                DryRun = IsDryRun(run, first.Name),
                Others = [.. others.Select(other => other.Name)],
            };
    }

    /// <summary>What the template says of how to judge.</summary>
    /// <exception cref="FormatException">The body cannot be used; the message says why.</exception>
    public JsonElement Body() =>
        Others is [var other, ..]
            ? throw new FormatException($"metrics {Name} and {other} both ask the companion; one metric of a run may")
        : Route == VerdictRoute.Pull ? VerdictQuery.Body(Metric.Provider.Web!.Url)
        : Metric.Provider.Plugin![PluginName];

    private static VerdictRoute? RouteOf(AnalysisRun run, AnalysisProvider provider) =>
        provider.Plugin?.ContainsKey(PluginName) == true ? run.IsReport ? VerdictRoute.Direct : VerdictRoute.Push
        : provider.Web is { Url: var url } && VerdictQuery.IsOurs(url) ? VerdictRoute.Pull
        : null;

    /// <summary>
    /// Argo matches <c>spec.dryRun[].metricName</c> as an unanchored regular expression (utils/analysis/helpers.go),
    /// and ends a run with one that Go cannot read in Error. One that only we cannot read counts as a match: a flag too
    /// many delays the end of the run at most, one too few beside another metric would end it Successful at once.
    /// </summary>
    private static bool IsDryRun(AnalysisRun run, string metric) =>
        run.Spec.DryRun.Any(rule => GoPattern.IsMatch(metric, rule.MetricName) != false);

    private static int Limit(JsonElement? value, int fallback) =>
        value switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var limit) => limit,
            { ValueKind: JsonValueKind.String } text
                when int.TryParse(
                    text.GetString(),
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var limit
                ) => limit,
            _ => fallback,
        };
}

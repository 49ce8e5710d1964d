using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Policy;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>
/// What is wrong with the metric of a template that asks us. A template is read as the run that Argo makes of it, with
/// the arguments' default values.
/// </summary>
internal static class TemplateLint
{
    /// <summary>
    /// Argo's own default of failureLimit and inconclusiveLimit is 0 (argo-rollouts analysis_types.go).
    /// </summary>
    private const int DefaultLimit = 0;

    private const string WholeAnswer = "{$}";

    /// <param name="policies">The policies of the files that are linted together, by name.</param>
    /// <returns>Null when no metric asks us.</returns>
    public static IReadOnlyList<(LintSeverity Severity, string Message)>? Check(
        AnalysisRun template,
        IReadOnlyDictionary<string, CanaryPolicy> policies
    )
    {
        if (CompanionMetric.Find(template) is not { } ours)
        {
            return MisspeltProvider(template) is { } misspelt
                ? [(LintSeverity.Error, $"provider {misspelt} is none of ours: want {CompanionMetric.PluginName}")]
                : null;
        }

        var findings = new List<(LintSeverity, string)>();
        findings.AddRange(Terms(ours, policies));
        findings.AddRange(ours.Route == VerdictRoute.Pull ? Pull(ours.Metric) : Push(ours.Metric));
        return findings;
    }

    private static string? MisspeltProvider(AnalysisRun template) =>
        template
            .Spec.Metrics.SelectMany(metric => metric.Provider.Plugin?.Keys ?? [])
            .FirstOrDefault(name => name.StartsWith("rollouts-companion", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<(LintSeverity, string)> Terms(
        CompanionMetric ours,
        IReadOnlyDictionary<string, CanaryPolicy> policies
    )
    {
        JsonElement body;
        try
        {
            body = ours.Body();
        }
        catch (FormatException e)
        {
            return [(LintSeverity.Error, e.Message)];
        }

        if (body.GetRawText().Contains("{{", StringComparison.Ordinal))
        {
            // An argument without a value: only the Rollout that uses the template knows what will stand there.
            return [];
        }

        var policyIsElsewhere = RunTerms.PolicyName(body) is { } named && !policies.ContainsKey(named);
        if (policyIsElsewhere)
        {
            // It may live in the cluster: the template's own fields can be checked without it.
            var own = JsonObject.Create(body)!;
            own.Remove("policy");
            body = JsonElement.Parse(own.ToJsonString());
        }

        return RunTerms.Read(body, policies.GetValueOrDefault) switch
        {
            RunTermsResult.Invalid(var problems) => problems.Select(problem =>
                (LintSeverity.Error, $"metric {ours.Name}: {problem}")
            ),
            // What it leaves out is not the defaults then.
            RunTermsResult.Valid when policyIsElsewhere => [],
            RunTermsResult.Valid(var terms) => SpecLint.Warnings(terms.Spec)
                .Select(warning => (LintSeverity.Warning, $"metric {ours.Name}: {warning}")),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static IEnumerable<(LintSeverity, string)> Push(AnalysisMetric metric)
    {
        if (metric.InitialDelay is null)
        {
            yield return (
                LintSeverity.Error,
                $"metric {metric.Name} has no initialDelay: Argo looks for the plugin at once and the run ends in "
                    + "Error; set 5m"
            );
        }
        else if (DelayProblem(metric.InitialDelay) is { } problem)
        {
            yield return (LintSeverity.Error,
                $"metric {metric.Name} has initialDelay {metric.InitialDelay}: {problem}");
        }

        foreach (var (field, value) in new[] { ("interval", metric.Interval), ("count", metric.Count?.ToString()) })
        {
            if (value is { } given)
            {
                yield return (
                    LintSeverity.Warning,
                    $"metric {metric.Name} has {field} {given}, which means nothing here: the companion measures once, "
                        + "in its own time; leave it out"
                );
            }
        }

        if (Number(metric.FailureLimit) < 0)
        {
            // Argo asks no counter against a negative limit (since 1.8), and then repeats no message.
            yield return (
                LintSeverity.Warning,
                $"metric {metric.Name} has failureLimit {metric.FailureLimit}: the Rollout is aborted without the "
                    + "reason; leave it out"
            );
        }

        if (Number(metric.ConsecutiveErrorLimit) == 0)
        {
            yield return (
                LintSeverity.Error,
                $"metric {metric.Name} has consecutiveErrorLimit 0: a terminated run would end in Error; leave it out"
            );
        }
    }

    /// <summary>Null for an argument too: only the Rollout that uses the template knows its value.</summary>
    private static string? DelayProblem(string delay) =>
        delay.Contains("{{", StringComparison.Ordinal) ? null
        : DurationText.Parse(delay) is not { } length ? "a duration such as 5m is expected"
        : length <= TimeSpan.Zero ? "Argo looks for the plugin at once and the run ends in Error; set 5m"
        : null;

    private static IEnumerable<(LintSeverity, string)> Pull(AnalysisMetric metric)
    {
        if (metric.Provider.Web?.JsonPath is { Length: > 0 } path && path != WholeAnswer)
        {
            yield return (
                LintSeverity.Error,
                $"metric {metric.Name} has jsonPath {path}: the conditions ask for result.verdict; set {WholeAnswer}"
            );
        }

        if (Number(metric.FailureLimit) is not (null or DefaultLimit))
        {
            yield return (
                LintSeverity.Error,
                $"metric {metric.Name} has failureLimit {metric.FailureLimit}: an Abort would be asked for again and "
                    + "again before it counts; set 0"
            );
        }

        var count = Number(metric.Count);
        var inconclusive = Number(metric.InconclusiveLimit) ?? DefaultLimit;
        if (inconclusive == DefaultLimit)
        {
            yield return (
                LintSeverity.Error,
                $"metric {metric.Name} has inconclusiveLimit 0: the first answer that is undecided pauses the Rollout; "
                    + "set it to count"
            );
        }
        else if (inconclusive < count - 1)
        {
            yield return (
                LintSeverity.Warning,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"metric {metric.Name} has inconclusiveLimit {inconclusive} below count {count}: "
                        + $"the gate pauses the Rollout after {inconclusive + 1} undecided answers"
                )
            );
        }

        if (count is not null && Number(metric.ConsecutiveSuccessLimit) is null or 0)
        {
            yield return (
                LintSeverity.Error,
                $"metric {metric.Name} has count but no consecutiveSuccessLimit: a Pass would not end the gate; set 1 "
                    + "(Argo Rollouts 1.8 or later)"
            );
        }

        foreach (var (field, condition, word) in new[]
        {
            ("successCondition", metric.SuccessCondition, "Pass"),
            ("failureCondition", metric.FailureCondition, "Abort"),
        })
        {
            if (condition?.Contains($"\"{word}\"", StringComparison.Ordinal) != true)
            {
                yield return (
                    LintSeverity.Error,
                    $"metric {metric.Name} has {field} '{condition}'; want one that compares the verdict with "
                    + $"\"{word}\""
                );
            }
        }
    }

    private static int? Number(JsonElement? value) =>
        value is { } given
        && int.TryParse(given.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}

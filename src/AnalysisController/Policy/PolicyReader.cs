using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rollouts.Analysis;
using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Policy;

/// <summary>A policy that can be used, or every problem at once, each naming field, value and range.</summary>
internal abstract record PolicyResult
{
    private PolicyResult() { }

    public sealed record Valid(PolicyTerms Terms) : PolicyResult;

    public sealed record Invalid(ImmutableArray<string> Problems) : PolicyResult;
}

/// <summary>
/// <see cref="CanaryPolicy"/> to <see cref="PolicyTerms"/>; the only place where a policy is validated. It repeats
/// every rule of the CRD, because a policy may have been stored before a rule was, and <c>lint</c> has no API server.
/// </summary>
internal static class PolicyReader
{
    private const int MostMatchLabels = 16;
    private const int MostReports = 100;
    private static readonly TimeSpan LongestHistory = TimeSpan.FromDays(365);

    public static PolicyResult Read(CanaryPolicy policy)
    {
        var problems = new List<string>();
        if (policy.Spec.ValueKind == JsonValueKind.Undefined)
        {
            return new PolicyResult.Invalid(["spec is missing"]);
        }

        var spec = new FieldReader(policy.Spec, "spec", problems, FieldNotation.Schema);
        var reference = spec.Take("rolloutRef");
        var selector = spec.Take("rolloutSelector");
        if (reference is null == selector is null)
        {
            problems.Add("spec: exactly one of rolloutRef and rolloutSelector must be set");
        }

        var analysis = spec.Take("analysis") ?? Empty;
        var scrape = spec.Take("scrape");
        var terms = new PolicyTerms
        {
            Metadata = policy.Metadata,
            RolloutName = reference is { } named ? ReadName(named, problems) : null,
            MatchLabels = selector is { } labels ? ReadLabels(labels, problems) : ObjectMeta.Empty,
            Mode = spec.Choice("mode", PolicyMode.Observe),
            OnFail = spec.Choice("onFail", FailAction.Abort),
            OnInconclusive = spec.Choice("onInconclusive", InconclusiveAction.Pause),
            OnNoData = spec.Choice("onNoData", NoDataAction.Inconclusive),
            Scrape = scrape is { } given
                ? ScrapeReader.Read(given, "spec.scrape", problems)
                : ScrapeSettings.FromPod,
            Analysis = ReadAnalysis(analysis, problems),
            Body = BodyOf(analysis, scrape),
            History = spec.Take("reportHistory") is { } history
                ? ReadHistory(history, problems)
                : ReportHistory.Default,
        };
        spec.ReportUnknown();
        return problems.Count == 0 ? new PolicyResult.Valid(terms) : new PolicyResult.Invalid([.. problems]);
    }

    private static JsonElement Empty { get; } = JsonElement.Parse("{}");

    private static string? ReadName(JsonElement json, List<string> problems)
    {
        var reference = new FieldReader(json, "spec.rolloutRef", problems, FieldNotation.Schema);
        if (!reference.Has("name"))
        {
            problems.Add("spec.rolloutRef.name is missing; the name of a Rollout is expected");
        }

        var name = reference.Text("name", null);
        reference.ReportUnknown();
        return name;
    }

    private static Dictionary<string, string> ReadLabels(JsonElement json, List<string> problems)
    {
        const int MostLabelLength = 63;
        var selector = new FieldReader(json, "spec.rolloutSelector", problems, FieldNotation.Schema);
        var labels = new Dictionary<string, string>();
        if (selector.Take("matchLabels") is { ValueKind: JsonValueKind.Object } given)
        {
            foreach (var label in given.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.Null))
            {
                var value = label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString()! : null;
                if (value is not null && value.EnumerateRunes().Count() <= MostLabelLength)
                {
                    labels[label.Name] = value;
                }
                else
                {
                    problems.Add(
                        $"spec.rolloutSelector.matchLabels.{label.Name} is {label.Value.GetRawText()}; a text of up to "
                            + $"{MostLabelLength.ToString(CultureInfo.InvariantCulture)} characters is expected"
                    );
                }
            }
        }

        selector.ReportUnknown();
        if (labels.Count is < 1 or > MostMatchLabels)
        {
            problems.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"spec.rolloutSelector.matchLabels has {labels.Count} labels; 1 to {MostMatchLabels} are expected"
                )
            );
        }

        return labels;
    }

    private static AnalysisSpec ReadAnalysis(JsonElement json, List<string> problems)
    {
        switch (AnalysisSpec.Parse(json, FieldNotation.Schema))
        {
            case AnalysisSpecResult.Valid(var spec):
                return spec;
            case AnalysisSpecResult.Invalid(var found):
                problems.AddRange(found.Select(problem => $"spec.analysis: {problem}"));
                return new AnalysisSpec();
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static JsonElement BodyOf(JsonElement analysis, JsonElement? scrape)
    {
        if (analysis.ValueKind != JsonValueKind.Object || scrape is not { } given)
        {
            return analysis;
        }

        var body = JsonObject.Create(analysis)!;
        body["scrape"] = JsonNode.Parse(given.GetRawText());
        return JsonElement.Parse(body.ToJsonString());
    }

    private static ReportHistory ReadHistory(JsonElement json, List<string> problems)
    {
        var history = new FieldReader(json, "spec.reportHistory", problems, FieldNotation.Schema);
        var limit = history.Count("limit", ReportHistory.Default.Limit, 0, MostReports);
        var age = history.Seconds("maxAgeSeconds", ReportHistory.Default.MaxAge, 60, LongestHistory.TotalSeconds);
        history.ReportUnknown();
        return new ReportHistory((int)limit, age);
    }
}

using Rollouts.Analysis;
using Rollouts.AnalysisController.Argo;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Argo;

public sealed class CompanionMetricTests
{
    [Fact]
    public void A_run_without_our_plugin_has_no_metric_of_ours() =>
        Assert.Null(
            CompanionMetric.Find(
                Runs.Parse(
                    """
                    {"spec": {"metrics": [{"name": "canary", "provider": {"plugin": {"somebody.else/thing": {} } } }]}}
                    """
                )
            )
        );

    [Fact]
    public void Our_metric_is_found_by_its_provider_not_by_its_name() =>
        Assert.Equal(
            "anything",
            CompanionMetric
                .Find(
                    Runs.Parse(
                        """
                        {"spec": {"metrics": [
                          {"name": "anything", "provider": {"plugin": {"rollouts-companion.io/canary": {} } } }]}}
                        """
                    )
                )!
                .Name
        );

    [Fact]
    public void What_is_null_in_the_lists_of_a_run_does_not_hide_our_metric()
    {
        var metric = CompanionMetric.Find(
            Runs.Parse(
                """
                {"spec": {
                  "metrics": [null,
                    {"name": "{{args.a}}", "provider": {"plugin": {"rollouts-companion.io/canary": {} } } }],
                  "args": [null, {"name": "a", "value": "ours"}],
                  "dryRun": [null, {"metricName": "theirs"}]}}
                """
            )
        )!;

        Assert.Equal("ours", metric.Name);
        Assert.False(metric.DryRun);
    }

    [Fact]
    public void A_second_metric_of_ours_makes_the_spec_invalid_and_both_are_named()
    {
        var run = Runs.Parse(
            """
            {"spec": {"metrics": [
              {"name": "a", "provider": {"plugin": {"rollouts-companion.io/canary": {} } } },
              {"name": "b", "provider": {"plugin": {"rollouts-companion.io/canary": {} } } }]}}
            """
        );

        var problem = Assert.Throws<FormatException>(() => CompanionMetric.Find(run)!.Body()).Message;

        Assert.StartsWith("metrics a and b both ask the companion", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_put_in_where_the_template_names_them()
    {
        var run = WithBody("""{"deadlineSeconds": "{{args.deadline}}", "alpha": "{{ args.alpha }}"}""");

        var spec = Assert
            .IsType<AnalysisSpecResult.Valid>(AnalysisSpec.Parse(CompanionMetric.Find(run)!.Body()))
            .Spec;

        Assert.Equal(TimeSpan.FromSeconds(600), spec.Deadline);
    }

    [Fact]
    public void An_argument_cannot_break_out_of_its_place()
    {
        var run = WithBody("""{"deadlineSeconds": "{{args.quote}}"}""");

        var problems = Assert
            .IsType<AnalysisSpecResult.Invalid>(AnalysisSpec.Parse(CompanionMetric.Find(run)!.Body()))
            .Problems;

        Assert.Contains("deadlineSeconds", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_to_write_and_the_limits_to_exceed_are_those_that_Argo_puts_the_arguments_into()
    {
        var metric = CompanionMetric.Find(
            Runs.Parse(
                """
                {"spec": {
                  "args": [{"name": "tier", "value": "gold"}, {"name": "limit", "value": "3"},
                           {"name": "token", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"} } }],
                  "dryRun": [{"metricName": "^canary-gold$"}],
                  "metrics": [{"name": "canary-{{args.tier}}", "failureLimit": "{{args.limit}}",
                    "inconclusiveLimit": "{{ args.limit }}", "consecutiveErrorLimit": "{{args.token}}",
                    "provider": {"plugin": {"rollouts-companion.io/canary": {} } } }]
                } }
                """
            )
        )!;

        Assert.Equal("canary-gold", metric.Name);
        Assert.Equal((3, 3, 4), (metric.FailureLimit, metric.InconclusiveLimit, metric.ConsecutiveErrorLimit));
        Assert.True(metric.DryRun);
    }

    [Fact]
    public void A_web_metric_whose_whole_address_is_an_argument_is_found_too()
    {
        var run = Runs.Parse(
            """
            {"spec": {
              "args": [{"name": "url", "value": "http://companion/api/v1/verdict?policy=web&rollout=x"}],
              "metrics": [{"name": "canary", "provider": {"web": {"url": "{{args.url}}"} } }]
            } }
            """
        );

        Assert.Equal("""{"policy":"web"}""", CompanionMetric.Find(run)!.Body().GetRawText());
    }

    [Fact]
    public void A_web_metric_that_asks_our_endpoint_is_ours_and_its_query_says_how_to_judge()
    {
        var run = Asking("http://companion.ops:8090/api/v1/verdict?namespace=shop&policy={{args.policy}}&rollout=x");

        var metric = CompanionMetric.Find(run)!;

        Assert.Equal(VerdictRoute.Pull, metric.Route);
        Assert.Equal("""{"policy":"web"}""", metric.Body().GetRawText());
    }

    [Fact]
    public void A_web_metric_that_asks_somebody_else_is_not_ours() =>
        Assert.Null(CompanionMetric.Find(Asking("http://elsewhere/api/v1/verdicts?rollout=x")));

    private static AnalysisRun Asking(string url) =>
        Runs.Parse(
            $$"""
            {"spec": {
              "args": [{"name": "policy", "value": "web"}],
              "metrics": [{"name": "canary", "provider": {"web": {"url": "{{url}}"} } }]
            } }
            """
        );

    private static AnalysisRun WithBody(string body) =>
        Runs.Parse(
            $$"""
            {"spec": {
              "args": [{"name": "deadline", "value": "600"}, {"name": "alpha", "value": "0.02"},
                       {"name": "quote", "value": "1\", \"alpha\": \"0.9"}],
              "metrics": [{"name": "canary", "provider": {"plugin": {"rollouts-companion.io/canary": {{body}} } } }]
            } }
            """
        );
}

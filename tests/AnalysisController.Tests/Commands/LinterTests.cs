using System.Runtime.CompilerServices;
using Rollouts.AnalysisController.Commands.Lint;

namespace Rollouts.AnalysisController.Tests.Commands;

public sealed class LinterTests
{
    [Fact]
    public void Every_example_that_we_ship_is_clean_and_is_looked_at()
    {
        var files = Directory.GetFiles(Path.Combine(Root(), "examples"), "*.yaml");

        var report = Linter.Lint(files.Select(file => (file, (TextReader)File.OpenText(file))));

        Assert.Empty(report.Findings);
        Assert.Equal((1, files.Length - 1), (report.Policies, report.Templates));
    }

    [Fact]
    public void A_policy_is_told_all_that_is_wrong_at_once_field_by_field() =>
        Assert.Equal(
            [
                "spec: exactly one of rolloutRef and rolloutSelector must be set",
                "spec.mode is \"Enforc\"; one of Observe, Enforce is expected",
                "spec.scrape.path is \"metrics\"; a path that begins with /, of at most 253 characters, is expected",
                "spec.analysis: alpha is 3; a number in (0, 0.5] is expected",
                "spec.colour is not a field of the spec",
            ],
            Problems(
                """
                kind: CanaryPolicy
                metadata: {name: shop}
                spec: {mode: Enforc, scrape: {path: metrics}, analysis: {alpha: 3}, colour: red}
                """
            )
        );

    [Fact]
    public void A_template_that_measures_in_its_own_time_is_warned_and_one_that_cannot_start_is_refused()
    {
        var report = Lint(
            """
            kind: AnalysisTemplate
            metadata: {name: canary}
            spec:
              metrics:
              - {name: canary, interval: 10s, count: 3, provider: {plugin: {rollouts-companion.io/canary: {} } } }
            """
        );

        Assert.Equal(
            [LintSeverity.Error, LintSeverity.Warning, LintSeverity.Warning],
            report.Findings.Select(finding => finding.Severity)
        );
        Assert.Contains("no initialDelay", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("interval 10s", report.Findings[1].Message, StringComparison.Ordinal);
        Assert.Contains("count 3", report.Findings[2].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1", 1)]
    [InlineData("0", 0)]
    [InlineData("3", 0)]
    public void A_negative_failureLimit_on_our_metric_is_warned_of_for_it_loses_the_reason(string limit, int warnings)
    {
        var report = Lint(Push("{}", more: $", failureLimit: {limit}"));

        Assert.Equal(
            warnings,
            report.Findings.Count(finding =>
                finding.Message.Contains("aborted without the reason", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void A_consecutiveErrorLimit_of_zero_on_our_metric_is_refused() =>
        Assert.Contains(
            "consecutiveErrorLimit 0",
            Assert.Single(Problems(Push("{}", more: ", consecutiveErrorLimit: 0"))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_template_is_judged_together_with_the_policy_that_it_names_in_the_same_files() =>
        Assert.Equal(
            "metric canary: evidenceIntervalSeconds is 1; at least 1.25 is expected",
            Assert.Single(
                Problems(
                    """
                    kind: CanaryPolicy
                    metadata: {name: shop}
                    spec: {rolloutRef: {name: cart}, analysis: {scrapeIntervalSeconds: 5} }
                    ---
                    """
                        + "\n"
                        + Push("{policy: shop, evidenceIntervalSeconds: 1}")
                )
            )
        );

    [Fact]
    public void A_body_with_an_argument_that_only_the_Rollout_knows_is_not_guessed_at() =>
        Assert.Empty(Problems(Push("""{deadlineSeconds: "{{args.deadline}}"}""")));

    [Fact]
    public void A_gate_that_asks_for_the_verdict_and_would_pause_or_pass_by_itself_is_refused()
    {
        var problems = Problems(
            """
            kind: AnalysisTemplate
            metadata: {name: gate}
            spec:
              metrics:
              - name: gate
                count: 10
                successCondition: result.verdict == "Pass"
                provider: {web: {url: "http://companion/api/v1/verdict?namespace=a&rollout=b"} }
            """
        );

        Assert.Collection(
            problems,
            problem => Assert.Contains("inconclusiveLimit 0", problem, StringComparison.Ordinal),
            problem => Assert.Contains("no consecutiveSuccessLimit", problem, StringComparison.Ordinal),
            problem => Assert.Contains("failureCondition ''", problem, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("a: &a [*a]")]
    [InlineData("DEEP")]
    [InlineData("BOMB")]
    public void A_file_that_would_exhaust_the_machine_is_refused_by_its_line(string yaml)
    {
        var bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
            + string.Concat(Enumerable.Range(1, 9).Select(n => $"a{n}: &a{n} [{Repeat($"*a{n - 1}")}]\n"));

        Assert.Throws<YamlDotNet.Core.YamlException>(() =>
            Lint(yaml.Replace("DEEP", new string('[', 100_000), StringComparison.Ordinal)
                .Replace("BOMB", bomb, StringComparison.Ordinal)));

        static string Repeat(string alias) => string.Join(',', Enumerable.Repeat(alias, 10));
    }

    [Fact]
    public void A_provider_that_is_nearly_ours_is_told_apart() =>
        Assert.StartsWith(
            "provider rollouts-companion.io/canray is none of ours",
            Assert.Single(Problems(Push("{}").Replace("canary: {}", "canray: {}", StringComparison.Ordinal))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_template_whose_policy_is_elsewhere_is_checked_by_its_own_fields() =>
        Assert.Contains(
            "deadlin", Assert.Single(Problems(Push("{policy: nowhere, deadlin: 3}"))), StringComparison.Ordinal);

    [Fact]
    public void What_is_not_ours_passes_unread() =>
        Assert.Equal(
            (0, 0, 0),
            Lint(
                "kind: Deployment\n---\nkind: AnalysisTemplate\nspec: {metrics: [{name: a, provider: {job: {} } }]}") is
                var report
                ? (report.Findings.Count, report.Policies, report.Templates)
                : default
        );

    private static string Push(string body, string more = "") =>
        $$"""
            kind: AnalysisTemplate
            metadata: {name: canary}
            spec:
              metrics:
              - {name: canary, initialDelay: 5m, provider: {plugin: {rollouts-companion.io/canary: {{body}} } }{{more}} }
            """;

    private static IEnumerable<string> Problems(string yaml) => Lint(yaml).Findings.Select(finding => finding.Message);

    private static LintReport Lint(string yaml) => Linter.Lint([("test.yaml", new StringReader(yaml))]);

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}

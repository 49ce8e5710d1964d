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
                apiVersion: rollouts-companion.io/v1alpha1
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
            apiVersion: argoproj.io/v1alpha1
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
    [InlineData("0s", "Argo looks for the plugin at once")]
    [InlineData("0m", "Argo looks for the plugin at once")]
    [InlineData("-5m", "a duration such as 5m is expected")]
    [InlineData("soon", "a duration such as 5m is expected")]
    public void An_initialDelay_that_keeps_Argo_from_waiting_is_refused_as_none_is(string delay, string why)
    {
        var problem = Assert.Single(
            Problems(Push("{}").Replace("initialDelay: 5m", $"initialDelay: \"{delay}\"", StringComparison.Ordinal))
        );

        Assert.StartsWith($"metric canary has initialDelay {delay}: {why}", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1m30s")]
    [InlineData("{{args.delay}}")]
    public void An_initialDelay_that_makes_Argo_wait_or_is_an_argument_is_fine(string delay) =>
        Assert.Empty(
            Problems(Push("{}").Replace("initialDelay: 5m", $"initialDelay: \"{delay}\"", StringComparison.Ordinal))
        );

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
            "metric canary: evidenceIntervalSeconds is 1; at least 1.25 is expected, a quarter of "
                + "scrapeIntervalSeconds, which is 5",
            Assert.Single(
                Problems(
                    """
                    apiVersion: rollouts-companion.io/v1alpha1
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
            apiVersion: argoproj.io/v1alpha1
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

        var refusal = Assert.Throws<InvalidDataException>(() =>
            Lint(yaml.Replace("DEEP", new string('[', 100_000), StringComparison.Ordinal)
                .Replace("BOMB", bomb, StringComparison.Ordinal)));
        Assert.StartsWith("test.yaml: not YAML: line ", refusal.Message, StringComparison.Ordinal);

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

    [Theory]
    [InlineData("{deadlineSeconds: 60}", 1)]
    [InlineData("{deadlineSeconds: 299}", 1)]
    [InlineData("{deadlineSeconds: 300}", 0)]
    [InlineData("{preset: fast, minimumStepSeconds: 61}", 1)]
    [InlineData("{deadlineSeconds: 60, onDeadline: PassIfNoHarm}", 0)]
    [InlineData("{deadlineSeconds: 60, policy: elsewhere}", 0)]
    [InlineData("{deadlineSeconds: null}", 0)]
    public void A_deadline_that_no_gate_can_pass_before_is_warned_of_where_all_is_known(string body, int warnings)
    {
        var findings = Lint(Push(body)).Findings;

        Assert.Equal(warnings, findings.Count);
        Assert.All(findings, finding => Assert.Equal(LintSeverity.Warning, finding.Severity));
        Assert.All(
            findings,
            finding =>
                Assert.Contains("every gate is Inconclusive at its deadline", finding.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_policy_whose_deadline_comes_before_its_minimum_step_is_warned_of() =>
        Assert.Equal(
            "spec.analysis: deadlineSeconds is 60, below minimumStepSeconds 300: every gate is Inconclusive at its "
                + "deadline, however good the canary; lower minimumStepSeconds too",
            Assert.Single(
                Problems(
                    """
                    apiVersion: rollouts-companion.io/v1alpha1
                    kind: CanaryPolicy
                    metadata: {name: shop}
                    spec: {rolloutRef: {name: cart}, analysis: {deadlineSeconds: 60} }
                    """
                )
            )
        );

    [Theory]
    [InlineData("3")]
    [InlineData("\"\"")]
    [InlineData("[shop]")]
    public void A_policy_that_is_no_name_is_refused_and_never_judged_by_the_defaults_instead(string policy) =>
        Assert.EndsWith(
            "the name of a policy is expected",
            Assert.Single(Problems(Push($$"""{policy: {{policy}}, preset: fast}"""))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("ftp")]
    [InlineData("Http")]
    public void A_scheme_is_refused_by_the_words_that_the_API_server_takes(string scheme) =>
        Assert.Equal(
            $"metric canary: scrape.scheme is \"{scheme}\"; http or https is expected",
            Assert.Single(Problems(Push($$"""{scrape: {scheme: {{scheme}} } }""")))
        );

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

    [Theory]
    [InlineData(
        "initialDelay: 15, provider: {plugin: {rollouts-companion.io/canary: {}}}",
        "spec.metrics[0].initialDelay is 15; a text is expected")]
    [InlineData("interval: [1s]", "spec.metrics[0].interval is [\"1s\"]; a text is expected")]
    [InlineData("provider: {plugin: no}", "spec.metrics[0].provider.plugin is \"no\"; an object is expected")]
    public void A_value_of_another_kind_is_named_with_its_field_and_what_is_expected(string metric, string problem) =>
        Assert.Equal(
            problem,
            Assert.Single(
                Problems(
                    $$"""
                    apiVersion: argoproj.io/v1alpha1
                    kind: AnalysisTemplate
                    metadata: {name: canary}
                    spec: {metrics: [{name: canary, {{metric}} }]}
                    """
                )
            )
        );

    [Fact]
    public void A_list_with_nothing_for_an_item_is_refused_by_its_place() =>
        Assert.Equal(
            "spec.metrics[1] is null; an item is expected",
            Assert.Single(Problems(Push("{}").TrimEnd() + "\n  -\n"))
        );

    [Fact]
    public void A_file_of_values_is_not_taken_for_a_manifest()
    {
        var finding = Assert.Single(Lint("replicas: 2").Findings);

        Assert.Equal((LintSeverity.Warning, "(without a name)"), (finding.Severity, finding.Subject));
        Assert.Equal("no kind: this is no object of Kubernetes", finding.Message);
    }

    [Theory]
    [InlineData("rollouts-companion.io/v1beta1", "CanaryPolicy",
        "apiVersion is \"rollouts-companion.io/v1beta1\"; rollouts-companion.io/v1alpha1 is expected")]
    [InlineData("rollout-companion.io/v1alpha1", "CanaryPolicy",
        "apiVersion is \"rollout-companion.io/v1alpha1\"; rollouts-companion.io/v1alpha1 is expected")]
    [InlineData("", "CanaryPolicy", "apiVersion is \"\"; rollouts-companion.io/v1alpha1 is expected")]
    [InlineData("rollouts-companion.io/v1alpha1", "CanaryPolicies",
        "kind is \"CanaryPolicies\"; CanaryPolicy is expected")]
    public void An_object_under_a_name_that_nothing_serves_is_refused(string version, string kind, string problem) =>
        Assert.Equal(
            problem,
            Assert.Single(
                Problems(
                    $$"""
                    apiVersion: "{{version}}"
                    kind: {{kind}}
                    metadata: {name: shop}
                    spec: {rolloutRef: {name: shop} }
                    """
                ))
        );

    [Fact]
    public void A_template_of_ours_under_another_version_is_refused() =>
        Assert.Equal(
            "apiVersion is \"argoproj.io/v1\"; argoproj.io/v1alpha1 is expected",
            Assert.Single(Problems(Push("{}").Replace("v1alpha1", "v1", StringComparison.Ordinal)))
        );

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n---\n")]
    [InlineData("just words")]
    public void Files_without_an_object_are_not_taken_for_good_ones(string yaml)
    {
        Assert.Equal(
            "test.yaml: there is no object in it, so that nothing was checked",
            Assert.Throws<InvalidDataException>(() => Lint(yaml)).Message
        );
        var among = Linter.Lint([("a.yaml", new StringReader(yaml)), ("b.yaml", new StringReader(Push("{}")))]);
        Assert.Equal(("a.yaml", LintSeverity.Warning), (among.Findings[0].File, among.Findings[0].Severity));
        Assert.Single(among.Findings);
    }

    [Fact]
    public void Among_several_files_the_one_that_is_not_YAML_is_named() =>
        Assert.StartsWith(
            "bad.yaml: not YAML: line 1, ",
            Assert.Throws<InvalidDataException>(() =>
                Linter.Lint([("good.yaml", new StringReader(Push("{}"))), ("bad.yaml", new StringReader("a: b: c"))])
            ).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_folder_is_read_as_the_manifests_in_it()
    {
        var folder = Directory.CreateTempSubdirectory("lint-").FullName;
        Assert.Throws<InvalidDataException>(() => LintFiles.Open([folder]).ToList());
        foreach (var name in (string[])["b.yml", "a.yaml", "c.json", "notes.md"])
        {
            File.WriteAllText(Path.Combine(folder, name), Push("{}"));
        }

        Assert.Equal(3, Linter.Lint(LintFiles.Open([folder])).Templates);
        Directory.Delete(folder, recursive: true);
    }

    private static string Push(string body, string more = "") =>
        $$"""
            apiVersion: argoproj.io/v1alpha1
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

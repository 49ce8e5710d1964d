using System.Text.Json;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Reconcile;

public sealed class VerdictLookupTests
{
    private readonly ClusterCaches _caches = new();
    private readonly VirtualClock _clock = new();

    [Theory]
    [InlineData(null, "cart")]
    [InlineData("shop", null)]
    public void A_question_without_a_namespace_or_a_subject_is_Inconclusive_and_says_what_it_needs(
        string? @namespace,
        string? rollout
    )
    {
        var answer = Ask(@namespace, rollout);

        Assert.Equal(("Inconclusive", "InvalidRequest"), (answer.Verdict, answer.Reason));
        Assert.Contains("namespace, and rollout or analysisRun", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nothing_judges_is_neither_good_nor_bad() =>
        Assert.Equal(("Continue", "NotJudged"), Words(Ask("shop", "cart")));

    [Fact]
    public void A_run_that_has_ended_answers_only_who_asks_for_it_by_name()
    {
        Runs(Run("ended", "Pass", phase: "Successful"));

        Assert.Equal("NotJudged", Ask("shop", "cart").Reason);
        Assert.Equal("Pass", Lookup.Find(new VerdictQuestion("shop", null, null, null, "ended")).Verdict);
    }

    [Fact]
    public void A_run_that_Argo_calls_Successful_because_it_was_terminated_is_no_Pass()
    {
        Runs(Run("ended", "Continue", phase: "Successful"));

        Assert.Equal("Continue", Lookup.Find(new VerdictQuestion("shop", null, null, null, "ended")).Verdict);
    }

    [Fact]
    public void A_gate_that_has_just_begun_is_not_passed_by_what_a_watch_beside_it_has()
    {
        Runs(Run("watch", "Pass", type: "Background"));

        Assert.Equal("NotJudged", Ask("shop", "cart").Reason);
        Assert.Equal("Pass", Ask("shop", "cart", isWatch: true).Verdict);
    }

    [Fact]
    public void A_gate_that_has_just_begun_hears_what_a_watch_beside_it_has_against_the_canary()
    {
        Runs(Run("watch", "Abort", type: "Background"));

        Assert.Equal("Abort", Ask("shop", "cart").Verdict);
    }

    [Fact]
    public void A_gate_that_nobody_has_written_to_yet_is_not_passed_by_an_older_one()
    {
        Runs(Run("older", "Pass", age: 5), Run("new", "", age: 1, isWritten: false));

        Assert.Equal(("Continue", "NotJudged"), Words(Ask("shop", "cart")));
        Assert.Equal("NotJudged: AnalysisRun new has no verdict yet", Ask("shop", "cart").Message);
    }

    [Fact]
    public void The_version_that_is_asked_for_is_the_one_that_is_answered()
    {
        Runs(Run("one", "Abort", canary: "c1"), Run("two", "Continue", canary: "c2", age: 1));

        Assert.Equal("Abort", Ask("shop", "cart", canary: "c1").Verdict);
        Assert.Equal("NotJudged", Ask("shop", "cart", canary: "c3").Reason);
    }

    [Fact]
    public void A_background_Pass_that_nobody_has_renewed_is_not_repeated()
    {
        Runs(Run("watch", "Pass", type: "Background"));
        _clock.Advance(VerdictLookup.StaleAfter + TimeSpan.FromSeconds(1));

        Assert.Equal(("Continue", "StaleVerdict"), Words(Ask("shop", "cart", isWatch: true)));
    }

    [Fact]
    public void A_verdict_that_ends_its_run_does_not_grow_stale()
    {
        Runs(Run("gate", "Abort"));
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("Abort", Ask("shop", "cart").Verdict);
    }

    [Fact]
    public void A_run_that_cannot_be_judged_is_Inconclusive()
    {
        Runs(Run("gate", "Error", reason: "InvalidSpec"));

        Assert.Equal(("Inconclusive", "InvalidSpec"), Words(Ask("shop", "cart")));
    }

    private VerdictLookup Lookup => new(_caches, _clock);

    private VerdictAnswer Ask(string? @namespace, string? rollout, string? canary = null, bool isWatch = false) =>
        Lookup.Find(new VerdictQuestion(@namespace, rollout, null, canary, null, isWatch));

    private static (string, string) Words(VerdictAnswer answer) => (answer.Verdict, answer.Reason);

    private void Runs(params AnalysisRun[] runs) =>
        _caches.AnalysisRuns.Apply(new ResourceEvent<AnalysisRun>.Listed(runs));

    private AnalysisRun Run(
        string name,
        string verdict,
        string reason = "Collecting",
        string phase = "Running",
        string type = "Step",
        string canary = "c1",
        int age = 3,
        bool isWritten = true
    ) =>
        JsonSerializer.Deserialize(
            $$"""
            {"metadata": {"name": "{{name}}", "namespace": "shop", "uid": "{{name}}",
              "creationTimestamp": "{{_clock.GetUtcNow().AddMinutes(-age):O}}",
              "labels": {"rollout-type": "{{type}}"},
              "ownerReferences": [{"kind": "Rollout", "name": "cart", "uid": "u", "controller": true}],
              "annotations": { {{(isWritten ? "" : """}, "unwritten": {""")}}
                "rollouts-companion.io/pair": "u/s/{{canary}}",
                "rollouts-companion.io/verdict": "{{verdict}}",
                "rollouts-companion.io/reason": "{{reason}}",
                "rollouts-companion.io/judged-at": "{{_clock.GetUtcNow():O}}"} },
             "spec": {"metrics": [{"name": "canary", "provider": {"web": {"url": "http://x/api/v1/verdict?a=b"} } }]},
             "status": {"phase": "{{phase}}"} }
            """,
            KubernetesJson.Default.AnalysisRun
        )!;
}

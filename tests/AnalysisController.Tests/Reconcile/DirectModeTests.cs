using System.Net;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>A Rollout without any analysis of its own, judged because a CanaryPolicy says so.</summary>
public sealed class DirectModeTests : IDisposable
{
    private readonly World _world = new();

    internal ClusterServer Server => _world.Server;

    private JsonObject Rollout => Server.Rollouts[0];

    private JsonObject Report => Server.Runs[0];

    [Fact]
    public async Task A_report_run_carries_the_three_marks_that_keep_Argo_off_it()
    {
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("sample-new-7-report", (string?)Report["metadata"]!["name"]);
        Assert.Equal(
            "rollouts-companion",
            (string?)Report["metadata"]!["labels"]!["argo-rollouts.argoproj.io/controller-instance-id"]
        );
        Assert.Equal("7", (string?)Report["metadata"]!["annotations"]!["rollout.argoproj.io/revision"]);
        var owner = Assert.Single(Report["metadata"]!["ownerReferences"]!.AsArray())!;
        Assert.Equal("ro-1", (string?)owner["uid"]);
        Assert.Null(owner["controller"]);
        Assert.Null(owner["blockOwnerDeletion"]);
    }

    [Fact]
    public async Task A_revision_that_the_Rollout_does_not_show_yet_is_the_ReplicaSets()
    {
        _world.CanaryRevision = "8";
        _world.Start();
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("sample-new-8-report", (string?)Report["metadata"]!["name"]);
    }

    [Fact]
    public async Task A_run_of_Argos_that_has_just_ended_is_given_time_to_be_acted_on()
    {
        Server.Create(
            """
            {"metadata":{"name":"gate","namespace":"default","uid":"uid-gate",
             "creationTimestamp":"2026-01-01T00:00:00Z","annotations":{"rollouts-companion.io/pair":"ro-1/old/new"},
             "labels":{"rollouts-pod-template-hash":"new"},
             "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "status":{"phase":"Failed","completedAt":"2026-01-01T00:00:00Z"} }
            """
        );
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(4));
        Assert.Single(Server.Runs);
        await _world.RunAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(2, Server.Runs.Count);
    }

    [Fact]
    public async Task A_bad_canary_is_aborted_after_the_intent_was_recorded_and_before_the_run_ends()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        var intent = Server.Patches.FindIndex(patch => ActionIn(patch) == "AbortIntended");
        var abort = Server.Patches.FindIndex(patch => (bool?)patch["status"]?["abort"] == true);
        var end = Server.Patches.FindIndex(patch => ActionIn(patch) == "Aborted");
        Assert.InRange(intent, 0, abort - 1);
        Assert.InRange(abort, intent + 1, end - 1);
        Assert.True((bool?)Rollout["status"]!["abort"]);
        Assert.Equal("Failed", Phase(Report));
        Assert.StartsWith("WorseThanStable", (string?)Report["status"]!["message"], StringComparison.Ordinal);
        Assert.EndsWith("; the Rollout was aborted", (string?)Report["status"]!["message"], StringComparison.Ordinal);
        Assert.Single(Server.Runs);
    }

    [Fact]
    public async Task A_policy_that_observes_records_the_same_verdict_and_leaves_the_Rollout_alone()
    {
        Policy(mode: "Observe");
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(90));

        Assert.Equal("Failed", Phase(Report));
        Assert.Equal("Reported", Action(Report));
        Assert.Null(Rollout["status"]!["abort"]);
        Assert.Single(Server.Runs);
    }

    [Fact]
    public async Task A_policy_that_pauses_on_failure_pauses()
    {
        Policy(more: """, "onFail": "Pause" """);
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.True((bool?)Rollout["spec"]!["paused"]);
        Assert.Null(Rollout["status"]!["abort"]);
        Assert.Equal("Paused", Action(Report));
    }

    [Fact]
    public async Task A_process_that_died_between_the_intent_and_the_abort_is_made_up_for_by_the_next()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;
        Server.Refuse = request => IsRolloutWrite(request) ? HttpStatusCode.InternalServerError : null;
        await Assert.ThrowsAsync<KubernetesException>(() => _world.RunAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("AbortIntended", Action(Report));
        Assert.Equal("Running", Phase(Report));

        Server.Refuse = null;
        _world.Start();
        await _world.RunAsync(TimeSpan.FromSeconds(5));

        Assert.True((bool?)Rollout["status"]!["abort"]);
        Assert.Equal("Failed", Phase(Report));
        Assert.Equal("Aborted", Action(Report));
    }

    [Fact]
    public async Task A_process_that_died_between_the_abort_and_its_confirmation_does_not_abort_again()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;
        var aborted = false;
        Server.Refuse = request =>
        {
            var refuse = aborted && !IsRolloutWrite(request);
            aborted |= IsRolloutWrite(request);
            return refuse ? HttpStatusCode.InternalServerError : null;
        };
        await Assert.ThrowsAsync<KubernetesException>(() => _world.RunAsync(TimeSpan.FromSeconds(60)));

        Server.Refuse = null;
        _world.Start();
        await _world.RunAsync(TimeSpan.FromSeconds(30));

        Assert.Single(Server.Patches, patch => (bool?)patch["status"]?["abort"] == true);
        Assert.Equal("Failed", Phase(Report));
        Assert.Equal("Aborted", Action(Report));
        Assert.Single(Server.Runs);
    }

    [Fact]
    public async Task A_process_that_finds_an_intent_and_a_Rollout_written_since_judges_anew_instead_of_aborting()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;
        Server.Refuse = request => IsRolloutWrite(request) ? HttpStatusCode.InternalServerError : null;
        await Assert.ThrowsAsync<KubernetesException>(() => _world.RunAsync(TimeSpan.FromSeconds(60)));

        // Whether the abort was carried out and retried, or never carried out, the Rollout does not tell.
        Server.Write(Rollout, Parse("""{"status":{"observedGeneration":"2"}}"""));
        Server.Refuse = null;
        _world.CanaryErrorRatio = 0.001;
        _world.Start();
        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Null(Rollout["status"]!["abort"]);
        Assert.Equal("Ended", Action(Report));
        Assert.Equal("Pass", (string?)Server.Runs[1]["metadata"]!["annotations"]!["rollouts-companion.io/verdict"]);
    }

    [Fact]
    public async Task A_policy_that_is_disarmed_while_the_verdict_falls_is_heard()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;
        await _world.RunAsync(TimeSpan.FromSeconds(6));

        Server.Write(Server.Policies[0], Parse("""{"spec":{"mode":"Observe"}}"""));
        _world.Watch();
        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Null(Rollout["status"]!["abort"]);
        Assert.Equal("Reported", Action(Report));
    }

    [Fact]
    public async Task The_same_two_versions_are_judged_again_in_a_later_update()
    {
        Policy(mode: "Observe");
        _world.CanaryErrorRatio = 0.2;
        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Server.Write(Rollout, Parse("""{"metadata":{"annotations":{"rollout.argoproj.io/revision":"9"}}}"""));
        _world.Watch();
        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("sample-new-9-report", (string?)Server.Runs[1]["metadata"]!["name"]);
        Assert.Equal("Failed", Phase(Server.Runs[1]));
    }

    [Fact]
    public async Task A_run_of_Argos_takes_over_from_a_report_run_which_then_acts_no_more()
    {
        Policy();
        await _world.RunAsync(TimeSpan.FromSeconds(10));
        Server.Create(
            """
            {"metadata":{"name":"push","namespace":"default","uid":"run-push",
             "creationTimestamp":"2026-01-01T00:00:00Z",
             "labels":{"rollouts-pod-template-hash":"new","rollout-type":"Background"},
             "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary","provider":{"plugin":{"rollouts-companion.io/canary":
               {"preset":"fast"} } } }]},
             "status":{"phase":"Running","startedAt":"2026-01-01T00:00:00Z"} }
            """
        );
        _world.Watch();
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(2, Server.Runs.Count);
        Assert.Equal("HandedOver", Action(Report));
        Assert.Equal("Failed", (string?)Server.Runs[1]["status"]!["metricResults"]![0]!["phase"]);
        Assert.Null(Rollout["status"]!["abort"]);
    }

    [Fact]
    public async Task A_retry_is_judged_in_a_run_of_its_own_on_fresh_evidence()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;
        await _world.RunAsync(TimeSpan.FromSeconds(60));

        _world.CanaryErrorRatio = 0.001;
        Server.Write(Rollout, Parse("""{"status":{"abort":false}}"""));
        _world.Watch();
        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(2, Server.Runs.Count);
        Assert.Equal("sample-new-7-report.1", (string?)Server.Runs[1]["metadata"]!["name"]);
        Assert.Equal("Running", Phase(Server.Runs[1]));
        Assert.Equal("Pass", (string?)Server.Runs[1]["metadata"]!["annotations"]!["rollouts-companion.io/verdict"]);
    }

    [Fact]
    public async Task A_healthy_canary_is_watched_until_it_is_stable_and_the_run_ends_Successful()
    {
        Policy();
        await _world.RunAsync(TimeSpan.FromMinutes(3));
        Assert.Equal("Running", Phase(Report));

        Server.Write(Rollout, Parse("""{"status":{"stableRS":"new"}}"""));
        _world.Watch();
        await _world.RunAsync(TimeSpan.FromSeconds(5));

        Assert.Equal("Successful", Phase(Report));
        Assert.StartsWith("the canary is stable now", (string?)Report["status"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_says_what_it_judges_and_what_came_of_it()
    {
        Policy();
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        var status = Server.Policies[0]["status"]!;
        Assert.Equal("Abort", (string?)status["lastAnalysis"]!["verdict"]);
        Assert.Equal("WorseThanStable", (string?)status["lastAnalysis"]!["reason"]);
        Assert.Equal("sample-new-7-report", (string?)status["lastAnalysis"]!["analysisRun"]);
        Assert.Equal(("True", "Judging"), Condition(status, "Ready"));
        Assert.Equal(("False", "Idle"), Condition(status, "Analyzing"));
        Assert.Equal(("True", "Scraped"), Condition(status, "MetricsAvailable"));
    }

    [Fact]
    public async Task A_policy_that_cannot_be_used_says_all_that_is_wrong_and_the_others_go_on()
    {
        Policy(name: "broken", more: """, "analysis": {"alpha": "7", "preset": "quick"} """);
        Policy(name: "whole");

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        var broken = Server.Policies[0]["status"]!;
        Assert.Equal(("False", "InvalidSpec"), Condition(broken, "Ready"));
        var message = (string?)broken["conditions"]![0]!["message"];
        Assert.Contains("spec.analysis: alpha is \"7\"", message, StringComparison.Ordinal);
        Assert.Contains("spec.analysis: preset is \"quick\"", message, StringComparison.Ordinal);
        Assert.Equal("whole", (string?)Report["metadata"]!["annotations"]!["rollouts-companion.io/policy"]);
    }

    [Fact]
    public async Task The_policy_that_loses_a_Rollout_to_another_says_so()
    {
        Policy(name: "selects", target: """ "rolloutSelector": {"matchLabels": {"team": "shop"} } """);
        Policy(name: "names");

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("names", (string?)Report["metadata"]!["annotations"]!["rollouts-companion.io/policy"]);
        Assert.Equal(("False", "Overruled"), Condition(Server.Policies[0]["status"]!, "Ready"));
        Assert.Equal(
            "sample is judged by policy names",
            (string?)Server.Policies[0]["status"]!["conditions"]![0]!["message"]
        );
    }

    [Fact]
    public async Task Report_runs_beyond_the_history_are_deleted_the_oldest_first()
    {
        Policy(more: """, "reportHistory": {"limit": 1} """);
        _world.CanaryErrorRatio = 0.2;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await _world.RunAsync(TimeSpan.FromSeconds(60));
            Server.Write(Rollout, Parse("""{"status":{"abort":false}}"""));
            _world.Watch();
        }

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        Assert.Equal("sample-new-7-report.3", (string?)Assert.Single(Server.Runs)["metadata"]!["name"]);
        Assert.Equal("Aborted", Action(Report));
    }

    public void Dispose() => _world.Dispose();

    private void Policy(
        string name = "sample",
        string mode = "Enforce",
        string target = """ "rolloutRef": {"name": "sample"} """,
        string more = ""
    )
    {
        var analysis = more.Contains("analysis", StringComparison.Ordinal)
            ? ""
            : """, "analysis": {"preset": "fast"} """;
        var json = $$"""
            {"metadata": {"name": "{{name}}", "namespace": "default", "uid": "uid-{{name}}", "generation": 1,
             "creationTimestamp": "2025-12-31T00:00:00Z"},
             "spec": { {{target}}, "mode": "{{mode}}"{{more}}{{analysis}} } }
            """;
        Server.Add(Server.Policies, Parse(json));
        _world.Watch();
    }

    private static bool IsRolloutWrite(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath.Contains("/rollouts/", StringComparison.Ordinal);

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static string? Phase(JsonObject run) => (string?)run["status"]!["phase"];

    private static string? Action(JsonObject run) =>
        (string?)run["metadata"]!["annotations"]!["rollouts-companion.io/action"];

    private static string? ActionIn(JsonObject patch) =>
        (string?)patch["metadata"]!["annotations"]?["rollouts-companion.io/action"];

    private static (string?, string?) Condition(JsonNode status, string type)
    {
        var condition = status["conditions"]!.AsArray().Single(one => (string?)one!["type"] == type)!;
        return ((string?)condition["status"], (string?)condition["reason"]);
    }
}

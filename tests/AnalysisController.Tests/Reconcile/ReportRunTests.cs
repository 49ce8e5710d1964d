using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>When a report run begins, how long it is kept, and what people are told of it.</summary>
public sealed class ReportRunTests : IDisposable
{
    private readonly World _world = new();

    internal ClusterServer Server => _world.Server;

    private JsonObject Rollout => Server.Rollouts[0];

    [Fact]
    public async Task None_begins_before_the_watch_shows_the_canarys_ReplicaSet()
    {
        _world.IsCanarySetSeen = false;
        _world.Start();
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(Server.Runs);
        _world.IsCanarySetSeen = true;
        _world.Start();
        await _world.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("sample-new-7-report", (string?)Assert.Single(Server.Runs)["metadata"]!["name"]);
    }

    [Fact]
    public async Task None_begins_while_the_canarys_ReplicaSet_is_seen_as_it_was_in_an_earlier_update()
    {
        _world.CanaryRevision = "5";
        _world.Start();
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(Server.Runs);
        _world.CanaryRevision = "7";
        _world.Start();
        await _world.RunAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("sample-new-7-report", (string?)Assert.Single(Server.Runs)["metadata"]!["name"]);
    }

    [Fact]
    public async Task The_last_one_of_an_update_is_kept_until_the_update_is_over_whatever_the_history_says()
    {
        Policy(mode: "Observe", more: """, "reportHistory": {"limit": 0} """);
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromMinutes(3));
        Assert.Equal("sample-new-7-report", (string?)Assert.Single(Server.Runs)["metadata"]!["name"]);
        Server.Write(Rollout, Parse("""{"status":{"stableRS":"new"} }"""));
        _world.Watch();
        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Empty(Server.Runs);
    }

    [Fact]
    public async Task The_last_one_of_an_update_is_kept_until_the_update_is_over_however_old_it_is()
    {
        Policy(mode: "Observe", more: """, "reportHistory": {"maxAgeSeconds": 60} """);
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromMinutes(5));

        Assert.Equal("Failed", (string?)Assert.Single(Server.Runs)["status"]!["phase"]);
    }

    [Fact]
    public async Task A_pause_is_told_with_its_reason_as_a_warning()
    {
        Policy(more: """, "onFail": "Pause" """);
        _world.CanaryErrorRatio = 0.2;

        await _world.RunAsync(TimeSpan.FromSeconds(60));

        await AssertWarnedAsync("CanaryPaused", "WorseThanStable");
        Assert.DoesNotContain(await _world.Events.ReadAsync(), told => told.Reason == "CanaryAborted");
    }

    [Fact]
    public async Task A_run_that_stays_undecided_is_told_as_a_warning_for_a_person_is_needed()
    {
        Policy();
        _world.ArePodsSilent = true;

        await _world.RunAsync(TimeSpan.FromMinutes(12));

        await AssertWarnedAsync("CanaryAnalysisInconclusive", "ScrapeUnreachable");
        await AssertWarnedAsync("CanaryPaused", "ScrapeUnreachable");
    }

    [Fact]
    public async Task A_run_does_not_claim_the_evidence_of_one_that_no_scrape_told_anything()
    {
        Policy();
        _world.ArePodsSilent = true;
        await _world.RunAsync(TimeSpan.FromMinutes(12));
        Server.Write(Rollout, Parse("""{"spec":{"paused":false} }"""));
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(10));

        var second = Assert.Single(Server.Runs, run => (string?)run["metadata"]!["name"] == "sample-new-7-report.1");
        Assert.DoesNotContain("evidence of", (string?)second["status"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policys_status_quotes_no_numbers_of_an_undecided_run_which_would_be_old_ones()
    {
        Policy();

        await _world.RunAsync(TimeSpan.FromSeconds(15));

        var last = Server.Policies[0]["status"]!["lastAnalysis"]!;
        Assert.Equal("Continue", (string?)last["verdict"]);
        Assert.Equal("Collecting: under way, see AnalysisRun sample-new-7-report", (string?)last["message"]);
    }

    [Fact]
    public async Task A_policy_that_a_template_names_is_told_of_the_beginning_too()
    {
        Policy();
        Server.Create(
            """
            {"metadata":{"name":"gate","namespace":"default","uid":"uid-gate",
             "creationTimestamp":"2026-01-01T00:00:00Z","labels":{"rollouts-pod-template-hash":"new"},
             "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary","provider":{"plugin":{
               "rollouts-companion.io/canary":{"policy":"sample"} } } }]},
             "status":{"phase":"Running","startedAt":"2026-01-01T00:00:00Z"} }
            """
        );
        _world.Watch();

        await _world.RunAsync(TimeSpan.FromSeconds(2));

        var told = (await _world.Events.ReadAsync()).Where(told => told.Reason == "CanaryAnalysisStarted");
        Assert.Equal(
            ["AnalysisRun gate: comparing canary new with stable old",
             "Rollout sample, AnalysisRun gate: comparing canary new with stable old"],
            told.Select(one => one.Message)
        );
    }

    [Fact]
    public async Task A_policy_that_is_deleted_before_its_status_is_written_is_no_failure()
    {
        Policy();
        Server.Policies.Clear();
        _world.IsWatchLagging = true;

        await _world.RunAsync(TimeSpan.FromSeconds(1));

        Assert.Empty(Server.Policies);
    }

    public void Dispose() => _world.Dispose();

    /// <summary>The Rollout and the policy are told the same, each once.</summary>
    private async Task AssertWarnedAsync(string what, string why)
    {
        var told = (await _world.Events.ReadAsync()).Where(told => told.Reason == what).ToList();
        Assert.Equal(2, told.Count);
        Assert.All(told, one => Assert.Equal("Warning", one.Type));
        Assert.StartsWith($"AnalysisRun sample-new-7-report: {why}: ", told[0].Message, StringComparison.Ordinal);
        Assert.StartsWith($"Rollout sample, AnalysisRun sample-new-7-report: {why}: ", told[1].Message,
            StringComparison.Ordinal);
    }

    private void Policy(string mode = "Enforce", string more = "")
    {
        var json = $$"""
            {"metadata": {"name": "sample", "namespace": "default", "uid": "uid-sample", "generation": 1,
             "creationTimestamp": "2025-12-31T00:00:00Z"},
             "spec": {"rolloutRef": {"name": "sample"}, "mode": "{{mode}}"{{more}}, "analysis": {"preset": "fast"} } }
            """;
        Server.Add(Server.Policies, Parse(json));
        _world.Watch();
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}

using Rollouts.Analysis;
using Rollouts.AnalysisController.Reconcile;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>What is said of pods that cannot be scraped: once, until it changes.</summary>
public sealed class FailingPodsTests
{
    private readonly FailingPods _failing = new();
    private readonly List<string> _said = [];

    [Fact]
    public void A_pod_that_fails_again_and_again_for_the_same_reason_is_told_of_once()
    {
        Take(("a", "Timeout"), ("b", null));
        Take(("a", "Timeout"), ("b", null));

        Assert.Equal(["a Timeout"], _said);
    }

    [Fact]
    public void Another_reason_and_another_pod_are_told_of()
    {
        Take(("a", "Timeout"), ("b", null));
        Take(("a", "HttpStatus"), ("b", "Timeout"));

        Assert.Equal(["a Timeout", "a HttpStatus", "b Timeout"], _said);
    }

    [Fact]
    public void A_pod_that_answers_again_is_told_of_and_its_next_failure_too()
    {
        Take(("a", "Timeout"));
        Take(("a", null));
        Take(("a", null));
        Take(("a", "Timeout"));

        Assert.Equal(["a Timeout", "a again", "a Timeout"], _said);
    }

    [Fact]
    public void A_pod_that_was_not_asked_is_not_told_of_again_until_it_answers()
    {
        Take(("a", "Timeout"));
        Take(("a", "not asked"));
        Take(("a", "Timeout"));
        Take(("a", "not asked"));
        Take(("a", null));

        Assert.Equal(["a Timeout", "a again"], _said);
    }

    [Fact]
    public void Rounds_of_other_pods_such_as_an_Experiments_do_not_tell_of_a_pod_again()
    {
        Take(("a", "Timeout"));
        Take(("copy", "Timeout"));
        Take(("a", "Timeout"));
        Take(("copy", "Timeout"));

        Assert.Equal(["a Timeout", "copy Timeout"], _said);
    }

    [Fact]
    public void A_pod_that_is_gone_is_forgotten_and_the_others_are_not()
    {
        Take(("a", "Timeout"), ("b", "Timeout"));
        _failing.KeepOnly(new HashSet<string> { "b" });
        Take(("a", "Timeout"), ("b", "Timeout"));

        Assert.Equal(["a Timeout", "b Timeout", "a Timeout"], _said);
    }

    private void Take(params (string Pod, string? Reason)[] round) =>
        _failing.Take(
            [.. round.Select(scrape => Of(scrape.Pod, scrape.Reason))],
            (pod, failed) => _said.Add($"{pod} {failed.Reason}"),
            pod => _said.Add($"{pod} again")
        );

    private static PodScrape Of(string pod, string? reason) =>
        new()
        {
            Pod = pod,
            Arm = Arm.Canary,
            ReadyAt = null,
            Metrics = reason switch
            {
                null => new MetricsScrape.Answered([]),
                "not asked" => new MetricsScrape.NotAsked(),
                _ => new MetricsScrape.Failed(reason, "as told"),
            },
            Health = HealthProbe.Unknown,
        };
}

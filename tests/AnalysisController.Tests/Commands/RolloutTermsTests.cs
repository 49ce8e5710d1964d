using System.Text.Json;
using Rollouts.AnalysisController.Commands.Explain;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Commands;

/// <summary>Whose words <c>explain rollout</c> goes by.</summary>
public sealed class RolloutTermsTests
{
    private static readonly ObjectKey Key = new("shop", "cart");

    private readonly ClusterCaches _caches = new();

    public RolloutTermsTests() =>
        _caches.Rollouts.Put(
            Read<Rollout>(
                """
                {"metadata":{"name":"cart","namespace":"shop","uid":"ro-1"},
                 "status":{"stableRS":"old","currentPodHash":"new"} }
                """
            )
        );

    [Fact]
    public void Without_a_run_and_a_policy_the_defaults_hold_and_say_so()
    {
        var terms = Terms();

        Assert.Equal(ScrapeSettings.FromPod, terms.Scrape);
        Assert.StartsWith("the defaults: ", terms.From, StringComparison.Ordinal);
        Assert.Null(terms.Problem);
    }

    [Fact]
    public void A_policy_that_selects_the_Rollout_is_named_and_its_scrape_is_taken()
    {
        PutPolicy("""{"port":"admin","path":"/q"}""");

        var terms = Terms();

        Assert.Equal("CanaryPolicy cart-policy", terms.From);
        Assert.Equal(new ScrapeSettings(null, "admin", "/q", null), terms.Scrape);
    }

    [Fact]
    public void A_run_wins_over_the_policy()
    {
        PutPolicy("""{"port":"admin"}""");
        PutRun("""{"profile":"Istio"}""");

        var terms = Terms();

        Assert.Equal("AnalysisRun cart-new-1", terms.From);
        Assert.Equal("Istio", terms.Spec.Profile);
        Assert.Equal(ScrapeSettings.FromPod, terms.Scrape);
    }

    [Fact]
    public void A_run_that_cannot_be_used_says_why()
    {
        PutRun("""{"alpha":7}""");

        Assert.StartsWith(
            "InvalidSpec: AnalysisRun cart-new-1: alpha is 7",
            Terms().Problem,
            StringComparison.Ordinal
        );
    }

    private RolloutTerms Terms() =>
        RolloutTerms.Of(_caches, _caches.Rollouts.Find(Key)!, RolloutSnapshot.Gather(_caches, Key));

    private void PutPolicy(string scrape) =>
        _caches.Policies.Put(
            Read<CanaryPolicy>(
                $$"""
                {"metadata":{"name":"cart-policy","namespace":"shop"},
                 "spec":{"rolloutRef":{"name":"cart"},"scrape":{{scrape}} } }
                """
            )
        );

    private void PutRun(string body) =>
        _caches.AnalysisRuns.Put(
            Read<AnalysisRun>(
                $$"""
                {"metadata":{"name":"cart-new-1","namespace":"shop","uid":"run-1",
                  "labels":{"rollouts-pod-template-hash":"new"},
                  "ownerReferences":[{"kind":"Rollout","name":"cart","uid":"ro-1","controller":true}]},
                 "spec":{"metrics":[{"name":"canary",
                  "provider":{"plugin":{"rollouts-companion.io/canary":{{body}} } } }]} }
                """
            )
        );

    private static T Read<T>(string json) =>
        (T)JsonSerializer.Deserialize(json, KubernetesJson.Default.GetTypeInfo(typeof(T))!)!;
}

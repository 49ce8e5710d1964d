using System.Text.Json.Nodes;
using Rollouts.LocalCluster.Scenarios;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Scenarios;

public sealed class SampleManifestsTests
{
    private readonly LocalCluster.ApiServer.ClusterObjects _objects = Cluster.New().Objects;

    public SampleManifestsTests() => SampleManifests.Create(_objects);

    [Fact]
    public void The_manifests_pass_the_api_server_and_creating_them_again_changes_nothing()
    {
        var before = Rollout().ToJsonString();
        SampleManifests.Create(_objects);

        Assert.Equal(before, Rollout().ToJsonString());
        Assert.Equal(5, Rollout()["spec"]!["replicas"]!.GetValue<int>());
        Assert.NotNull(_objects.Get("services", "default", "sample"));
    }

    [Fact]
    public void A_fault_is_in_the_new_version_only_and_goes_with_the_next()
    {
        SampleManifests.Release(_objects, ScenarioTable.Select("bad-errors")[0], "v2");
        Assert.Equal("ratio=0.2,status=500", Variable("DEMO_FAULT_ERROR"));
        Assert.Equal("v2", Variable("APP_VERSION"));

        SampleManifests.Release(_objects, ScenarioTable.Select("good")[0], "v3");
        Assert.Null(Variable("DEMO_FAULT_ERROR"));
        Assert.Equal("v3", Variable("APP_VERSION"));
        Assert.Equal("true", Variable("DEMO_FAULTS_ENABLED"));
    }

    [Fact]
    public void A_background_analysis_stands_beside_the_steps_and_a_step_one_among_them()
    {
        SampleManifests.Release(_objects, ScenarioTable.Select("crashloop")[0], "v2");
        Assert.Equal("canary", Canary()["analysis"]!["templates"]![0]!["templateName"]!.GetValue<string>());
        Assert.DoesNotContain(Canary()["steps"]!.AsArray(), step => step!["analysis"] is not null);

        SampleManifests.Release(_objects, ScenarioTable.Select("slow")[0], "v3");
        Assert.Null(Canary()["analysis"]);
        var step = Canary()["steps"]![1]!["analysis"]!;
        Assert.Equal("canary", step["templates"]![0]!["templateName"]!.GetValue<string>());
    }

    [Fact]
    public void A_blue_green_rollout_is_one_from_its_first_version_on_and_keeps_its_strategy()
    {
        var objects = Cluster.New().Objects;
        var scenario = ScenarioTable.Select("blue-green-bad")[0];
        SampleManifests.Create(objects, scenario: scenario);
        var before = objects.Get("rollouts.argoproj.io", "default", "sample")!["spec"]!["strategy"]!;
        Assert.Equal("sample", before["blueGreen"]!["activeService"]!.GetValue<string>());
        Assert.Null(before["canary"]);
        Assert.NotNull(objects.Get("services", "default", "sample-preview"));

        SampleManifests.Release(objects, scenario, "v2");
        var after = objects.Get("rollouts.argoproj.io", "default", "sample")!["spec"]!;
        Assert.Equal(before.ToJsonString(), after["strategy"]!.ToJsonString());
        Assert.Equal("sample-api:v2",
            after["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>());
    }

    [Fact]
    public void The_settings_of_a_scenario_come_on_top_of_the_samples_and_replace_earlier_ones()
    {
        SampleManifests.Release(_objects, ScenarioTable.Select("blue-green-bad")[0], "v2");
        Assert.Equal("errors", Settings()["limits"]![0]!["metric"]!.GetValue<string>());
        Assert.Equal("fast", Settings()["preset"]!.GetValue<string>());

        SampleManifests.Release(_objects, ScenarioTable.Select("blue-green-no-limits")[0], "v3");
        Assert.Null(Settings()["limits"]);
    }

    private JsonNode Settings() =>
        _objects.Get("analysistemplates.argoproj.io", "default", "canary")!
            ["spec"]!["metrics"]![0]!["provider"]!["plugin"]!["rollouts-companion.io/canary"]!;

    private JsonObject Rollout() => _objects.Get("rollouts.argoproj.io", "default", "sample")!;

    private JsonNode Canary() => Rollout()["spec"]!["strategy"]!["canary"]!;

    private string? Variable(string name) =>
        Rollout()["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray()
            .FirstOrDefault(variable => variable!["name"]!.GetValue<string>() == name)?["value"]?.GetValue<string>();
}

using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Resources;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>argo-rollouts facts (a): what its kinds are called, and what kubectl shows of them.</summary>
public sealed class ArgoKindTests
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";
    private readonly ClusterObjects _objects = Cluster.New().Objects;

    [Theory]
    [InlineData("rollouts", "ro", "Desired Current Up-to-date Available Age")]
    [InlineData("analysisruns", "ar", "Status Age")]
    [InlineData("analysistemplates", "at", "Age")]
    [InlineData("clusteranalysistemplates", "cat", "Age")]
    [InlineData("experiments", "exp", "Status Age")]
    public void Short_names_and_columns_are_Argos(string plural, string shortName, string columns)
    {
        var kind = Kind(plural, "argoproj.io");

        Assert.Equal([shortName], kind.ShortNames);
        Assert.Equal(columns, string.Join(' ', kind.Columns.Select(column => column.Name)));
    }

    [Fact]
    public void Ours_takes_no_short_name_of_Argos()
    {
        var ours = Kind("canarypolicies", "rollouts-companion.io").ShortNames;

        Assert.Equal(["cpol"], ours);
        Assert.DoesNotContain(
            _objects.List(Definitions).Where(item => item.Text("spec", "group") == "argoproj.io")
                .SelectMany(item => (JsonArray)item.At("spec", "names", "shortNames")!),
            name => ours.Contains((string)name!));
    }

    private ResourceKind Kind(string plural, string group) => CustomResources.Read(
        _objects.Get(Definitions, "", $"{plural}.{group}")!, [])!;
}

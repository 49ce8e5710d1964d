namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

/// <summary>Roles can be made, and decide nothing.</summary>
[Trait("Requires", "kubectl")]
public sealed class KubectlRoleTests(KubectlCluster cluster) : IClassFixture<KubectlCluster>
{
    [Fact]
    public async Task A_role_and_who_has_it()
    {
        Assert.Equal("role.rbac.authorization.k8s.io/reader created", (await cluster.RunAsync(
            "create", "role", "reader", "--verb=get", "--resource=pods")).Output);
        Assert.Equal("rolebinding.rbac.authorization.k8s.io/reader created", (await cluster.RunAsync(
            "create", "rolebinding", "reader", "--role=reader", "--serviceaccount=team:robot")).Output);

        Assert.Equal(
            """[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]""",
            cluster.Objects.Get("roles.rbac.authorization.k8s.io", "default", "reader")!["rules"]!.ToJsonString());
        var binding = cluster.Objects.Get("rolebindings.rbac.authorization.k8s.io", "default", "reader")!;
        Assert.Equal(
            """[{"kind":"ServiceAccount","name":"robot","namespace":"team"}]""", binding["subjects"]!.ToJsonString());
        Assert.Equal(
            """{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"reader"}""",
            binding["roleRef"]!.ToJsonString());
    }

    [Fact]
    public async Task Whoever_asks_what_is_allowed_hears_that_everything_is_and_that_roles_decide_nothing()
    {
        const string warning =
            "Warning: the local cluster allows everything to everybody; roles decide nothing here";

        var pods = await cluster.RunAsync("auth", "can-i", "get", "pods");
        var list = await cluster.RunAsync("auth", "can-i", "--list");

        Assert.Equal(("yes", warning), (pods.Output, pods.Error));
        Assert.Matches(@"\*\.\* +\[\] +\[\] +\[\*\]", list.Output);
        Assert.Equal(warning, list.Error);
    }
}

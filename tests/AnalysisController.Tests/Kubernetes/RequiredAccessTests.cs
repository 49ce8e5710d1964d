using Rollouts.AnalysisController.Kubernetes;
using YamlDotNet.RepresentationModel;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>
/// What RBAC must grant, in three places that have to agree: the code's table, the chart and the docs.
/// </summary>
public sealed class RequiredAccessTests
{
    [Theory]
    [InlineData("GET", "/version", null)]
    [InlineData("GET", "/apis/rollouts-companion.io/v1alpha1", null)]
    [InlineData("GET", "/api/v1/pods?limit=500", " pods list")]
    [InlineData("GET", "/api/v1/namespaces/shop/pods?watch=1&x=y", " pods watch")]
    [InlineData("GET", "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/cart", "argoproj.io rollouts get")]
    [InlineData(
        "PATCH",
        "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/cart/status",
        "argoproj.io rollouts/status patch"
    )]
    [InlineData("POST", "/api/v1/namespaces/shop/events", " events create")]
    [InlineData("GET", "/api/v1/namespaces/shop/pods/http:cart-1:8080/proxy/metrics", " pods/proxy get")]
    public void A_request_is_read_as_RBAC_reads_it(string method, string path, string? expected) =>
        Assert.Equal(
            expected,
            RequiredAccess.Of(method, path) is var (group, resource, verb) ? $"{group} {resource} {verb}" : null
        );

    [Fact]
    public void The_chart_grants_what_the_table_needs_and_nothing_that_nobody_uses()
    {
        var granted = Golden("armed").Concat(Golden("full")).ToHashSet();
        var needed = Needed().ToHashSet();

        Assert.Empty(needed.Except(granted));
        // Whoever may list an object may as well get it: roles are written so everywhere.
        Assert.DoesNotContain(granted.Except(needed), grant => !grant.EndsWith(" get", StringComparison.Ordinal));
    }

    [Fact]
    public void The_docs_list_the_same_table()
    {
        var rows = File.ReadAllLines(InRepository("docs/operations.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray())
            .Where(cells => cells is [_, _, _, _])
            .Select(cells => string.Join(" | ", cells));

        Assert.Equal(
            RequiredAccess.Rules.Select(rule =>
                $"{(rule.Group.Length == 0 ? "core" : rule.Group)} | {rule.Resource} | "
                + $"{string.Join(", ", rule.Verbs)} | {rule.For}"
            ),
            rows
        );
    }

    private static IEnumerable<string> Needed() =>
        from rule in RequiredAccess.Rules
        from verb in rule.Verbs
        select $"{rule.Group} {rule.Resource} {verb}";

    /// <summary>What the roles of one rendering of the chart grant; those that are for people left out.</summary>
    private static IEnumerable<string> Golden(string values)
    {
        using var reader = File.OpenText(InRepository($"tests/Charts/golden/analysis-controller/{values}.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return
        [
            .. from document in yaml.Documents
            let root = document.RootNode as YamlMappingNode
            where root is not null && Text(root, "kind") is "Role" or "ClusterRole"
            where !Text((YamlMappingNode)root["metadata"], "name").EndsWith("-view", StringComparison.Ordinal)
            where !Text((YamlMappingNode)root["metadata"], "name").EndsWith("-edit", StringComparison.Ordinal)
            from rule in ((YamlSequenceNode)root["rules"]).Children.Cast<YamlMappingNode>()
            from grantedIn in Texts(rule, "apiGroups")
            from resource in Texts(rule, "resources")
            from verb in Texts(rule, "verbs")
            select $"{grantedIn} {resource} {verb}",
        ];
    }

    private static string Text(YamlMappingNode node, string field) => ((YamlScalarNode)node[field]).Value ?? "";

    private static IEnumerable<string> Texts(YamlMappingNode node, string field) =>
        ((YamlSequenceNode)node[field]).Children.Select(child => ((YamlScalarNode)child).Value ?? "");

    private static string InRepository(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Rollouts.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the repository's root");
        }

        return Path.Combine(folder, path);
    }
}

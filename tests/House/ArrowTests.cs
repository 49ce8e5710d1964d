using System.Xml.Linq;
using Rollouts.House.Arrows;

namespace Rollouts.House;

/// <summary>The arrows of docs/ARCHITECTURE.md, as tables: who may know whom.</summary>
public sealed class ArrowTests
{
    private const string Controller = "Rollouts.AnalysisController";
    private const string Cluster = "Rollouts.LocalCluster";

    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Exposition"] = [],
        ["Analysis"] = ["Exposition"],
        ["Api"] = ["Exposition"],
        ["AnalysisController"] = ["Analysis", "Exposition"],
        // It starts the programs and speaks the protocol on its own terms: two readings of it check each other.
        ["LocalCluster"] = [],
    };

    private static readonly Arrow[] Map =
    [
        new("Rollouts.Exposition"),
        new("Rollouts.Analysis", "Rollouts.Exposition"),
        new("Rollouts.Api", "Rollouts.Exposition"),

        // The root composes; log and metrics of a program live there, so the loop may name them.
        new(Controller, "Rollouts.Analysis", "Rollouts.Exposition"),
        new($"{Controller}.Kubernetes.Objects"),
        new($"{Controller}.Trust"),
        new($"{Controller}.Kubernetes", $"{Controller}.Trust"),
        new($"{Controller}.Argo", $"{Controller}.Kubernetes.Objects", "Rollouts.Analysis"),
        new($"{Controller}.Scraping", $"{Controller}.Kubernetes.Objects", $"{Controller}.Trust", "Rollouts.Analysis",
            "Rollouts.Exposition"),
        new($"{Controller}.Policy", $"{Controller}.Kubernetes.Objects", $"{Controller}.Scraping", "Rollouts.Analysis"),
        new($"{Controller}.Leadership", $"={Controller}", $"{Controller}.Kubernetes"),
        new($"{Controller}.Journal", $"={Controller}", $"{Controller}.Kubernetes.Objects", "Rollouts.Analysis"),
        new($"{Controller}.Reconcile", $"={Controller}", $"{Controller}.Kubernetes", $"{Controller}.Argo",
            $"{Controller}.Journal", $"{Controller}.Policy", $"{Controller}.Scraping", "Rollouts.Analysis"),

        new(Cluster),
        new($"{Cluster}.ApiServer"),
        new($"{Cluster}.Pods", $"={Cluster}", $"{Cluster}.ApiServer"),
        new($"{Cluster}.ArgoStandIn", $"{Cluster}.ApiServer"),
    ];

    public static TheoryData<string> SrcProjects =>
        [.. ProjectFiles("src/").Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory, MemberData(nameof(SrcProjects))]
    public void A_project_references_only_what_its_arrow_allows(string project)
    {
        Assert.Contains(project, MayReference);
        var allowed = MayReference[project];
        Assert.Empty(ProjectReferences.Of(Project($"src/{project}/{project}.csproj")).Except(allowed));
    }

    [Theory, MemberData(nameof(SrcProjects))]
    public void A_namespace_uses_only_what_its_arrow_allows(string project)
    {
        // A project that may reference others is read together with them: their names must bind to be judged.
        var read = MayReference[project].Append(project).Select(name => $"src/{name}/").ToList();
        var files = Repository.Here.CSharp.Where(file => read.Any(folder => IsIn(file, folder))).ToList();
        var uses = NamespaceUse.In(files);
        Assert.NotEmpty(uses);
        RuleAssertions.AssertNone(Arrow.Broken(Map, uses)
            .Where(finding => finding.Path.StartsWith($"src/{project}/", StringComparison.Ordinal)).ToList());
    }

    [Fact]
    public void No_project_imports_our_namespaces_for_all_its_files() =>
        Assert.DoesNotContain(ProjectFiles("src/").SelectMany(file => Project(file).Descendants("Using")), use =>
            use.ToString().Contains("Rollouts", StringComparison.Ordinal));

    [Fact]
    public void Every_project_is_built_by_the_solution()
    {
        var solution = Repository.Here.Read("Rollouts.sln").Replace('\\', '/');
        Assert.All(ProjectFiles(""), file => Assert.Contains($"\"{file}\"", solution, StringComparison.Ordinal));
    }

    private static IEnumerable<string> ProjectFiles(string folder) =>
        Repository.Here.Files.Where(file =>
            file.StartsWith(folder, StringComparison.Ordinal) && file.EndsWith(".csproj", StringComparison.Ordinal));

    private static XElement Project(string path) => XElement.Parse(Repository.Here.Read(path));

    private static bool IsIn(SourceFile file, string folder) => file.Path.StartsWith(folder, StringComparison.Ordinal);
}

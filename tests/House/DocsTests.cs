using System.Xml.Linq;
using Rollouts.House.Arrows;
using Rollouts.House.Docs;

namespace Rollouts.House;

/// <summary>What the pages say is so: links, verbs, folders, packages.</summary>
public sealed class DocsTests
{
    private const string Packages = "docs/decisions/0002-packages.md";
    private const string Versions = "Directory.Packages.props";

    private static Repository House => Repository.Here;

    private static IReadOnlyList<SourceFile> Pages { get; } =
        House.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)).Select(House.Source).ToList();

    [Fact]
    public void Every_relative_link_leads_somewhere() =>
        new Rule(page => Markdown.DeadLinks(page, ReadPage, House.Exists)).HoldsFor(Pages);

    [Fact]
    public void Every_make_verb_named_is_one()
    {
        var verbs = Makefile.Verbs(House.Read("Makefile"));
        new Rule(page => Makefile.UnknownVerbs(page, verbs)).HoldsFor(Pages);
    }

    [Theory, InlineData("make demo"), InlineData("make test")]
    public void The_readme_shows_the_two_commands(string command) =>
        Assert.Contains(House.Source("README.md").Lines, line => line.Split('#')[0].Trim() == command);

    [Fact]
    public void The_architecture_names_every_folder_of_src() =>
        AssertNone("docs/ARCHITECTURE.md", "does not name",
            TreeMap.Unnamed(House.Source("docs/ARCHITECTURE.md"), House.FoldersUnder("src")));

    [Fact]
    public void The_pages_name_no_path_that_is_not_there() =>
        new Rule(page => TreeMap.Phantoms(page, House.Exists)).HoldsFor(Pages);

    [Fact]
    public void Every_fact_of_Argos_names_tests_and_they_are_there()
    {
        var tests = House.CSharpUnder("tests/").SelectMany(FactTable.Tests).ToHashSet();
        new Rule(page => FactTable.Untested(page, tests)).HoldsFor([House.Source("docs/argo-facts.md")]);
    }

    [Fact]
    public void Every_decision_has_the_form_of_decisions() =>
        new Rule(Decisions.Malformed).HoldsFor(Records());

    [Fact]
    public void No_two_decisions_share_a_number() =>
        AssertNone("docs/decisions", "has more than one",
            Decisions.SharedNumbers(Records().Select(record => record.Path)));

    [Fact]
    public void Every_package_in_use_has_a_line_that_says_why() =>
        AssertNone(Packages, "does not say why we use",
            PackagesInUse().Except(Markdown.Code(House.Source(Packages)).Select(code => code.Code)));

    [Fact]
    public void Every_package_version_is_of_a_package_in_use() =>
        AssertNone(Versions, "lists a package that no project references:",
            ProjectReferences.Versions(Xml(Versions)).Except(PackagesInUse()));

    private static IEnumerable<SourceFile> Records() =>
        Pages.Where(page => page.Path.StartsWith("docs/decisions/", StringComparison.Ordinal));

    private static IEnumerable<string> PackagesInUse() =>
        House.Files.Where(file => Path.GetExtension(file) is ".csproj" or ".props")
            .SelectMany(file => ProjectReferences.Packages(Xml(file))).Distinct();

    private static void AssertNone(string path, string complaint, IEnumerable<string> names) =>
        RuleAssertions.AssertNone(names.Select(name => new Finding(path, 0, $"{complaint} {name}")).ToList());

    private static string? ReadPage(string path) =>
        path.EndsWith(".md", StringComparison.Ordinal) ? House.Read(path) : null;

    private static XElement Xml(string path) => XElement.Parse(House.Read(path));
}

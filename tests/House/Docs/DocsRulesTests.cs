using System.Xml.Linq;
using Rollouts.House.Arrows;

namespace Rollouts.House.Docs;

/// <summary>Each rule about pages on its negative space.</summary>
public sealed class DocsRulesTests
{
    [Theory]
    [InlineData("[a](there.md)", 0)]
    [InlineData("[a](../README.md#the-two-commands)", 0)]
    [InlineData("[a](https://example.com/gone) and `[a](gone.md)`", 0)]
    [InlineData("[a](gone.md)", 1)]
    [InlineData("[a](../docs/there.md \"title\") [b](../gone/)", 1)]
    [InlineData("[a](../README.md#gone)", 1)]
    [InlineData("[a](#gone)", 1)]
    [InlineData("```\n[a](gone.md)\n```\n[a](gone.md)", 1)]
    public void A_dead_link_is_found(string text, int count)
    {
        var pages = new Dictionary<string, string>
        {
            ["docs/page.md"] = text,
            ["docs/there.md"] = "",
            ["README.md"] = "# Title\n\n## The *two* commands\n",
        };
        var page = new SourceFile("docs/page.md", text + "\n");
        Assert.Equal(count, Markdown.DeadLinks(page, pages.GetValueOrDefault, pages.ContainsKey).Count());
    }

    [Theory]
    [InlineData("run `make demo SCENARIO=slow`", 0)]
    [InlineData("to make progress, run it", 0)]
    [InlineData("```\nmake dance   # comment\n```", 1)]
    [InlineData("`cd x && make dance`", 1)]
    public void An_unknown_verb_is_found(string text, int count)
    {
        var verbs = Makefile.Verbs(".PHONY: x\nhelp: ## list\n\t@true\ndemo:\nx := 1\n");
        Assert.Equal(["help", "demo"], verbs);
        Assert.Equal(count, Makefile.UnknownVerbs(new SourceFile("a.md", text + "\n"), verbs).Count());
    }

    [Fact]
    public void A_path_that_is_not_there_and_a_folder_not_named_are_found()
    {
        var page = new SourceFile("a.md", "`src/Api/`, `src/Gone/`, src/InProse\n```\nsrc/Api/Health/  probes\n```\n");
        Assert.Equal([1], TreeMap.Phantoms(page, path => path.StartsWith("src/Api", StringComparison.Ordinal))
            .Select(finding => finding.Line));
        Assert.Equal(["src/Api/Faults"], TreeMap.Unnamed(page, ["src/Api", "src/Api/Health", "src/Api/Faults"]));
    }

    [Fact]
    public void A_fact_without_a_test_and_a_test_that_is_not_there_are_found()
    {
        var code = new SourceFile("tests/X.cs", "class XTests { [Fact] void It_is_so() { } void Not_a_test() { } }\n");
        var tests = FactTable.Tests(code).ToHashSet();
        Assert.Equal(["XTests.It_is_so"], tests);
        var page = new SourceFile("a.md", """
            | fact | tests |
            |---|---|
            | held | `XTests.It_is_so` |
            | bare | |
            | gone | `XTests.It_is_so`<br>`XTests.Not_a_test` |

            """);
        Assert.Equal([4, 5], FactTable.Untested(page, tests).Select(finding => finding.Line));
    }

    [Theory]
    [InlineData("0007-a-b.md", "# 7. A b\n\nStatus: accepted\n\n## Context\n## Decision\n## Consequences\n", 0)]
    [InlineData("7-one-clock.md", "# 7. One clock\n", 1)]
    [InlineData("0007-one-clock.md", "# 8. One clock\n\nStatus: maybe\n\n## Context\n## Consequences\n", 3)]
    public void A_malformed_decision_is_found(string name, string text, int count) =>
        Assert.Equal(count, Decisions.Malformed(new SourceFile($"docs/decisions/{name}", text)).Count());

    [Fact]
    public void A_number_claimed_twice_is_found() =>
        Assert.Equal(["0002"], Decisions.SharedNumbers(["d/0001-a.md", "d/0002-b.md", "d/0002-c.md"]));

    [Fact]
    public void Packages_are_read_from_references_and_versions_and_not_from_updates()
    {
        var project = XElement.Parse("""
            <Project>
              <PackageReference Include="A" />
              <PackageReference Update="B" />
              <PackageVersion Include="C" Version="1" />
            </Project>
            """);
        Assert.Equal(["A"], ProjectReferences.Packages(project));
        Assert.Equal(["C"], ProjectReferences.Versions(project));
    }
}

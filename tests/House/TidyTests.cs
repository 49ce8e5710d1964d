using Rollouts.House.Tidy;

namespace Rollouts.House;

/// <summary>The tree is tidy. Each rule is shown to bite, on samples, in the tests beside it in Tidy/.</summary>
public sealed class TidyTests
{
    private static readonly string[] TextFiles =
        [".cs", ".csproj", ".props", ".targets", ".md", ".yaml", ".yml", ".editorconfig", "Makefile"];

    private static readonly string[] BuildOutput = ["bin", "obj", "out", "TestResults", "node_modules"];

    private static Repository House => Repository.Here;

    private static IReadOnlyList<SourceFile> Src { get; } = House.CSharpUnder("src/").ToList();

    private static IReadOnlyList<SourceFile> Tests { get; } = House.CSharpUnder("tests/").ToList();

    public static TheoryData<string> SrcAndTests => ["src/", "tests/"];

    [Fact]
    public void Files_have_at_most_400_lines() => new Rule(TextRules.FileLength).HoldsFor(House.CSharp);

    [Theory, MemberData(nameof(SrcAndTests))]
    public void Half_the_files_have_at_most_80_lines_and_all_but_a_twentieth_at_most_300(string folder)
    {
        var actual = LengthBudget.Of(House.CSharpUnder(folder));
        Assert.True(LengthBudget.House.Allows(actual), $"{folder}: {actual} exceeds {LengthBudget.House}");
    }

    [Fact]
    public void Lines_have_at_most_120_columns() =>
        new Rule(TextRules.LineLength).HoldsFor(House.CSharp.Concat(Scripts()));

    [Fact]
    public void Text_is_indented_with_spaces_and_ends_in_one_newline() =>
        new Rule(TextRules.WhiteSpace).HoldsFor(
            House.Files.Where(file => TextFiles.Any(file.EndsWith)).Select(House.Source).Concat(Scripts()));

    [Fact]
    public void Nothing_is_left_over() => new Rule(TextRules.LeftOvers).HoldsFor(House.CSharp.Concat(Scripts()));

    [Fact]
    public void Nothing_names_a_folder_of_one_machine_or_the_host_of_a_registry() =>
        new Rule(TextRules.MachineTraces).HoldsFor(House.Files.Select(House.Source));

    [Fact]
    public void No_build_output_is_tracked() =>
        Assert.DoesNotContain(House.Files, file => file.Split('/').SkipLast(1).Any(BuildOutput.Contains));

    [Fact]
    public void Methods_have_at_most_70_lines() => new Rule(CodeRules.MethodLength).HoldsFor(House.CSharp);

    [Fact]
    public void No_rule_is_switched_off_outside_editorconfig() =>
        new Rule(CodeRules.SwitchedOffRules).HoldsFor(House.CSharp);

    [Fact]
    public void No_code_is_commented_out() => new Rule(CodeRules.CommentedOutCode).HoldsFor(House.CSharp);

    [Fact]
    public void Type_names_end_in_a_noun_that_says_something() => new Rule(TypeRules.Names).HoldsFor(House.CSharp);

    [Fact]
    public void Classes_are_sealed() => new Rule(TypeRules.SealedClasses).HoldsFor(House.CSharp);

    [Fact]
    public void Nothing_static_is_mutable() => new Rule(TypeRules.StaticState).HoldsFor(House.CSharp);

    [Fact]
    public void A_file_is_named_after_a_type_in_it() => new Rule(TypeRules.FileNames).HoldsFor(House.CSharp);

    [Fact]
    public void A_namespace_follows_its_folder() => new Rule(TypeRules.Namespaces).HoldsFor(House.CSharp);

    [Fact]
    public void Every_interface_has_two_implementations() =>
        RuleAssertions.AssertNone(TypeRules.LonelyInterfaces(Src).ToList());

    [Fact]
    public void No_test_is_skipped() => new Rule(TestRules.SkippedTests).HoldsFor(Tests);

    [Fact]
    public void Test_names_are_sentences() => new Rule(TestRules.Names).HoldsFor(Tests);

    [Fact]
    public void Tests_that_start_a_tool_say_so() =>
        RuleAssertions.AssertNone(Tests.Where(file => !file.Path.StartsWith("tests/House/", StringComparison.Ordinal))
            .GroupBy(file => file.Path.Split('/')[1])
            .SelectMany(project => TestRules.UndeclaredTools(project.ToList())).ToList());

    private static IEnumerable<SourceFile> Scripts() =>
        House.Files.Where(file => file == ".ci/run" || file.StartsWith("scripts/", StringComparison.Ordinal))
            .Select(House.Source);
}

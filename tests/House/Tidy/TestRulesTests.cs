namespace Rollouts.House.Tidy;

/// <summary>Each rule about tests, and the length budget, on their negative space.</summary>
public sealed class TestRulesTests
{
    [Theory]
    [InlineData("[Fact(Skip = \"slow\")] void A_b() { }", 1)]
    [InlineData("[Theory(DisplayName = \"x\", SkipUnless = nameof(Here))] void A_b() { }", 1)]
    [InlineData("[Fact(Explicit = true)] void A_b() { }", 1)]
    [InlineData("[Fact] void A_b() { Assert.Skip(\"not today\"); }", 1)]
    [InlineData("[Fact] void A_b() { rows.Skip(1); } // Skip = nothing", 0)]
    public void A_skipped_test_is_found(string sample, int count)
    {
        Rule rule = TestRules.SkippedTests;
        Assert.Equal(count, rule.LinesIn("sealed class A { " + sample + " }").Count());
    }

    [Theory]
    [InlineData("[Fact] public void TestAdd() { }", 1)]
    [InlineData("[Theory, InlineData(1)] public void adds_up(int x) { }", 1)]
    [InlineData("[Fact] public void Canary_without_traffic_is_never_failed() { }", 0)]
    [InlineData("public void NoTest() { }", 0)]
    public void A_test_name_that_is_no_sentence_is_found(string sample, int count)
    {
        Rule rule = TestRules.Names;
        Assert.Equal(count, rule.LinesIn("sealed class A { " + sample + " }").Count());
    }

    [Theory]
    [InlineData("var x = Start(\"kubectl\");", 1)]
    [InlineData("[assembly: Trait(\"Requires\", \"kubectl\")]\nvar x = Start(\"kubectl\");", 0)]
    [InlineData("var x = \"kubectl prints this\";", 0)]
    public void A_tool_that_no_trait_names_is_found(string sample, int count) =>
        Assert.Equal(count, TestRules.UndeclaredTools([new SourceFile("tests/X/A.cs", sample)]).Count());

    [Fact]
    public void The_length_budget_takes_the_nearest_rank()
    {
        Assert.Equal(new LengthBudget(50, 95), LengthBudget.Of(Lengths(Enumerable.Range(1, 100))));
        Assert.Equal(new LengthBudget(7, 7), LengthBudget.Of(Lengths([7])));
        Assert.True(LengthBudget.House.Allows(new LengthBudget(80, 300)));
        Assert.False(LengthBudget.House.Allows(new LengthBudget(81, 300)));
        Assert.False(LengthBudget.House.Allows(new LengthBudget(80, 301)));
    }

    private static IEnumerable<SourceFile> Lengths(IEnumerable<int> lengths) =>
        lengths.Select(length => new SourceFile("x.cs", string.Concat(Enumerable.Repeat("\n", length))));
}

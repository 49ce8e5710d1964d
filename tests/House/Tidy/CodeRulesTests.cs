namespace Rollouts.House.Tidy;

/// <summary>Each rule about code on its negative space.</summary>
public sealed class CodeRulesTests
{
    [Theory]
    [InlineData("sealed class A\n{\n", "    void Long()", "}\n")]
    [InlineData("sealed class A\n{\n", "    public A()", "}\n")]
    [InlineData("sealed class A\n{\n", "    [Odd]\n    int X { get", " }\n}\n")]
    [InlineData("Run();\n", "static void Run()", "")]
    public void A_member_of_70_lines_stands_and_one_of_71_falls(string before, string signature, string after)
    {
        Rule rule = CodeRules.MethodLength;
        Assert.Empty(rule.LinesIn(before + signature + Body(70) + after));
        Assert.Single(rule.LinesIn(before + signature + Body(71) + after));
    }

    [Fact]
    public void A_top_level_of_70_lines_stands_and_one_of_71_falls()
    {
        Rule rule = CodeRules.MethodLength;
        Assert.Empty(rule.LinesIn(string.Concat(Enumerable.Repeat("Go();\n", 70))));
        Assert.Equal([1], rule.LinesIn(string.Concat(Enumerable.Repeat("Go();\n", 71))));
    }

    [Theory]
    [InlineData("#pragma " + "warning disable CA1000\nsealed class A;\n")]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"a\", \"b\")] sealed class A;\n")]
    [InlineData("[UnconditionalSuppressMessageAttribute(\"a\", \"b\")] sealed class A;\n")]
    public void A_rule_switched_off_in_the_source_is_found(string sample)
    {
        Rule rule = CodeRules.SwitchedOffRules;
        Assert.Equal([1], rule.LinesIn(sample));
        Assert.Empty(rule.LinesIn("#nullable enable\n[Obsolete] sealed class A;\n"));
    }

    [Theory]
    [InlineData("// Advance(state);", 1)]
    [InlineData("/* if (x) {\n y();\n } */", 1)]
    [InlineData("// var x = Next()", 1)]
    [InlineData("// The bound is 5; beyond it, nothing is kept.", 0)]
    [InlineData("/// <code>Advance(state);</code>", 0)]
    public void Commented_out_code_is_found(string sample, int count)
    {
        Rule rule = CodeRules.CommentedOutCode;
        Assert.Equal(count, rule.LinesIn(sample + "\n").Count());
    }

    // The rest of a member that has this many lines in all, the signature's line counted.
    private static string Body(int lines) =>
        "\n{\n" + string.Concat(Enumerable.Repeat("    Go();\n", lines - 3)) + "}\n";
}

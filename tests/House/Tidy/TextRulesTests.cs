namespace Rollouts.House.Tidy;

/// <summary>Each text rule on its negative space: what trips it, and the nearest thing that does not.</summary>
public sealed class TextRulesTests
{
    [Fact]
    public void A_line_of_120_columns_stands_and_one_of_121_falls()
    {
        Rule rule = TextRules.LineLength;
        Assert.Empty(rule.LinesIn(new string('x', 120) + "\n"));
        Assert.Equal([2], rule.LinesIn("short\n" + new string('x', 121) + "\n"));
    }

    [Fact]
    public void A_long_line_within_a_raw_string_is_data()
    {
        Rule rule = TextRules.LineLength;
        var wide = new string('x', 121);
        Assert.Empty(rule.LinesIn($"var a = \"\"\"\n  {wide}\n  \"\"\";\nvar b = $$\"\"\"\n  {wide}\n  \"\"\";\n"));
        Assert.Equal([1, 2], rule.LinesIn($"var a = \"\"\"{wide}\"\"\";\nvar b = \"{wide}\";\n"));
    }

    [Fact]
    public void A_file_of_400_lines_stands_and_one_of_401_falls()
    {
        Rule rule = TextRules.FileLength;
        Assert.Empty(rule.LinesIn(string.Concat(Enumerable.Repeat("x\n", 400))));
        Assert.Equal([0], rule.LinesIn(string.Concat(Enumerable.Repeat("x\n", 401))));
    }

    [Theory]
    [InlineData("a\nb\n", "")]
    [InlineData("a\nb", "2")]
    [InlineData("a\n\n", "2")]
    [InlineData("a\r\nb\n", "1")]
    [InlineData("\ta\nb\n", "1")]
    [InlineData("a\nb \n", "2")]
    public void White_space_is_found_on_its_line(string sample, string lines)
    {
        Rule rule = TextRules.WhiteSpace;
        Assert.Equal(lines, string.Join(' ', rule.LinesIn(sample)));
    }

    [Fact]
    public void A_tab_is_at_home_in_the_Makefile()
    {
        Rule rule = TextRules.WhiteSpace;
        Assert.Empty(rule.LinesIn("a:\n\tb\n", "Makefile"));
    }

    [Theory]
    [InlineData("// TO" + "DO later")]
    [InlineData("// FIX" + "ME")]
    [InlineData("// HA" + "CK")]
    [InlineData("throw new NotImplemented" + "Exception();")]
    [InlineData("Thread.Sl" + "eep(5);")]
    public void Work_left_over_is_found(string line)
    {
        Rule rule = TextRules.LeftOvers;
        Assert.Equal([2], rule.LinesIn("fine\n" + line + "\n"));
        Assert.Empty(rule.LinesIn("the word todo in prose, a hackathon, Threading.SleepyHollow\n"));
    }

    [Theory]
    [InlineData("cd /wo" + "rk/main")]
    [InlineData("\"/ro" + "ot/.nuget\"")]
    [InlineData("/ho" + "me/alice/code")]
    [InlineData("see https://www.nu" + "get.org/packages")]
    [InlineData("registry.npm" + "js.org")]
    public void Traces_of_one_machine_are_found(string line)
    {
        Rule rule = TextRules.MachineTraces;
        Assert.Equal([1], rule.LinesIn(line + "\n", "docs/Page.md"));
        Assert.Empty(rule.LinesIn("src/work/ and https://example.com/root/x and docs/home/page\n", "docs/Page.md"));
    }
}

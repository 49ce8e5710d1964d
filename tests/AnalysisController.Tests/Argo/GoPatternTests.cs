using Rollouts.AnalysisController.Argo;

namespace Rollouts.AnalysisController.Tests.Argo;

public sealed class GoPatternTests
{
    [Theory]
    [InlineData("nar", true)]
    [InlineData("^ana", false)]
    [InlineData("(?P<first>can)ary", true)]
    [InlineData("(?i)CANARY", true)]
    [InlineData("(?U)c.*y", true)]
    [InlineData("^[[:alpha:]]+$", true)]
    [InlineData("^[[:digit:]]+$", false)]
    [InlineData("[[:punct:]]", false)]
    [InlineData("", true)]
    public void A_pattern_of_Gos_matches_anywhere_in_the_name(string pattern, bool matches) =>
        Assert.Equal(matches, GoPattern.IsMatch("canary", pattern));

    [Fact]
    public void A_pattern_that_cannot_be_read_here_is_neither_a_match_nor_none() =>
        Assert.Null(GoPattern.IsMatch("canary", "can("));
}

using System.CommandLine;
using Rollouts.AnalysisController.Commands;

namespace Rollouts.AnalysisController.Tests.Commands;

public sealed class ChoiceOptionTests
{
    [Theory]
    [InlineData("replay --bounds all", "--bounds 'all': want one of auto, every, never")]
    [InlineData("replay -o xml", "-o 'xml': want one of json, table")]
    [InlineData("replay --output 1", "--output '1': want one of json, table")]
    [InlineData("run --log-format xml", "--log-format 'xml': want one of text, json")]
    [InlineData("run --data-limit 0", "--data-limit 0: from 1 mebibyte")]
    [InlineData(
        "run --leader-elect-renew-deadline 20s",
        "--leader-elect-renew-deadline 20 s: less than the lease's duration, 15 s")]
    [InlineData("--log-level loud",
        "--log-level 'loud': want one of trace, debug, information, warning, error, critical, none")]
    public void Wrong_word_is_answered_with_the_words_that_are_possible(string line, string problem) =>
        Assert.Equal(problem, Assert.Single(Root().Parse(line).Errors).Message);

    [Theory]
    [InlineData("replay --bounds EVERY -o Table")]
    [InlineData("run --log-format json --log-level Debug")]
    [InlineData("replay")]
    [InlineData("run --leader-elect --leader-elect-lease-duration 1m --leader-elect-retry-period 500ms --data-limit 1")]
    public void Right_word_is_taken_in_any_case(string line) => Assert.Empty(Root().Parse(line).Errors);

    [Fact]
    public void No_option_of_a_verb_takes_an_enum_but_through_a_choice()
    {
        var root = Root();
        var plain = root.Subcommands.Append(root).SelectMany(command => command.Options)
            .Where(option => (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType).IsEnum
                && option.GetType().GetGenericTypeDefinition() != typeof(ChoiceOption<>));
        Assert.Empty(plain.Select(option => option.Name));
    }

    private static RootCommand Root() => CommandLine.Create();
}

using Rollouts.AnalysisController.Commands;

namespace Rollouts.AnalysisController.Tests.Commands;

/// <summary>What is said of a command line that cannot be used.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("frobnicate", "there is no verb 'frobnicate'; want one of run, replay, explain, lint, hc, or --version",
        "analysis-controller")]
    [InlineData("version", "there is no verb 'version'; want one of run, replay, explain, lint, hc, or --version",
        "analysis-controller")]
    [InlineData("explain deployment shop", "there is no verb 'deployment'; want one of rollout, or --version",
        "explain")]
    [InlineData("run --namespaces a", "run has no option --namespaces", "run")]
    [InlineData("lint -x a.yaml", "there is no option -x; a file of that name is ./-x", "lint")]
    [InlineData("replay --spec", "there is no option --spec; a file of that name is ./--spec", "replay")]
    [InlineData("hc 8080 9", "hc takes nothing more, and there is '9'", "hc")]
    [InlineData("hc", "hc wants a port: Port on 127.0.0.1, or HOST:PORT.", "hc")]
    [InlineData("lint a.yaml -o", "--output wants a value", "lint")]
    [InlineData("explain rollout", "explain rollout wants a name: The Rollout.", "explain rollout")]
    public void A_line_that_is_not_understood_is_answered_with_what_there_is(string line, string said, string verb)
    {
        var arguments = CommandLine.Create().Parse(line);

        Assert.Equal([said], Refusal.Of(arguments));
        Assert.EndsWith($"{verb} --help'.", Refusal.Hint(arguments.CommandResult.Command), StringComparison.Ordinal);
    }
}

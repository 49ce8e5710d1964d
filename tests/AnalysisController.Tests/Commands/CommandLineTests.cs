using System.CommandLine;
using System.Net;
using Rollouts.AnalysisController.Commands;

namespace Rollouts.AnalysisController.Tests.Commands;

public sealed class CommandLineTests
{
    public static TheoryData<string> Verbs =>
        [
            "",
            .. CommandLine.Create().Subcommands.SelectMany(verb => verb.Subcommands.Prepend(verb)).Select(PathOf),
        ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Version_is_printed_after_every_verb_whatever_the_verb_needs(string verb)
    {
        Assert.Empty(CommandLine.Create().Parse(Split($"{verb} --version")).Errors);
        var (exitCode, output) = Invoke($"{verb} --version");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"\Aanalysis-controller \d+\.\d+\.\d+", output);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_shows_defaults_as_they_are_typed(string verb)
    {
        var (_, output) = Invoke($"{verb} --help");

        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\[default: ([A-Z]|\d\d:\d\d)", output);
    }

    [Theory]
    [InlineData("run --help", "Default: text.")]
    [InlineData("run --help", "Default: 15s.")]
    [InlineData("run --help", "Default: pod.")]
    [InlineData("run --help", "Default: information.")]
    [InlineData("replay --help", "Default: auto.")]
    [InlineData("lint --help", "Default: table.")]
    public void Help_names_the_default_of_an_option_with_words(string line, string words) =>
        Assert.Contains(words, Invoke(line).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("--leader-elect-lease-name 'A B'", "want 1 to 253 lower-case")]
    [InlineData("--leader-elect-lease-name a..b", "want 1 to 253 lower-case")]
    [InlineData("--leader-elect-lease-name ''", "want 1 to 253 lower-case")]
    [InlineData("--leader-elect-namespace Prod", "want 1 to 63 lower-case")]
    [InlineData("--namespace a.b", "want 1 to 63 lower-case")]
    [InlineData("-n shop-", "want 1 to 63 lower-case")]
    [InlineData("--instance-id -blue", "want 1 to 63 letters")]
    [InlineData("--instance-id a/b", "want 1 to 63 letters")]
    [InlineData("explain rollout shop -n Shop", "want 1 to 63 lower-case")]
    public void A_name_that_Kubernetes_would_refuse_is_refused_at_the_start(string line, string words) =>
        Assert.Contains(words, Assert.Single(CommandLine.Create().Parse(Split(line)).Errors).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("replay ''", "file '': want")]
    [InlineData("lint ''", "file '': want")]
    [InlineData("lint a.yaml ''", "file '': want")]
    [InlineData("explain --file ''", "--file '': want")]
    [InlineData("explain rollout ''", "name '': want")]
    [InlineData("explain rollout shop --context ''", "--context '': want")]
    [InlineData("run --kubeconfig ''", "--kubeconfig '': want")]
    [InlineData("--data-dir ''", "--data-dir '': want")]
    [InlineData("--scrape-ca-file ''", "--scrape-ca-file '': ")]
    public void A_variable_that_is_not_set_is_named_and_no_exception(string line, string words) =>
        Assert.StartsWith(words, Assert.Single(CommandLine.Create().Parse(Split(line)).Errors).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("--leader-elect --leader-elect-lease-name team-a.companion --leader-elect-namespace ops-1")]
    [InlineData("--namespace shop --namespace 1st --instance-id Blue_2.x")]
    public void A_name_that_Kubernetes_takes_is_taken(string line) =>
        Assert.Empty(CommandLine.Create().Parse(Split(line)).Errors);

    [Fact]
    public void A_name_may_be_as_long_as_Kubernetes_has_it_and_no_longer()
    {
        Assert.Empty(CommandLine.Create().Parse(["-n", new string('a', 63)]).Errors);
        Assert.NotEmpty(CommandLine.Create().Parse(["-n", new string('a', 64)]).Errors);
    }

    [Theory]
    [InlineData("--listen :9000", "[::]:9000")]
    [InlineData("--listen 0.0.0.0:9000", "0.0.0.0:9000")]
    [InlineData("--listen [::1]:0", "[::1]:0")]
    public void A_port_alone_is_every_address_also_where_there_is_no_IPv4(string line, string endPoint) =>
        Assert.Equal(endPoint, CommandLine.Create().Parse(line).GetValue<IPEndPoint>("--listen")?.ToString());

    [Fact]
    public void A_folder_that_is_to_be_replayed_is_called_one()
    {
        using var errors = new StringWriter();
        var exitCode = CommandLine.Create().Parse(["replay", Path.GetTempPath()])
            .Invoke(new InvocationConfiguration { Error = errors, EnableDefaultExceptionHandler = false });

        Assert.Equal(2, exitCode);
        Assert.Contains(": it is a folder, and a file is expected", errors.ToString(), StringComparison.Ordinal);
    }

    private static string PathOf(Command verb) =>
        verb.Parents.FirstOrDefault() is Command { Parents: var above } parent && above.Any()
            ? $"{PathOf(parent)} {verb.Name}"
            : verb.Name;

    private static (int ExitCode, string Output) Invoke(string line)
    {
        using var output = new StringWriter();
        var exitCode = CommandLine.Create().Parse(Split(line))
            .Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return (exitCode, output.ToString());
    }

    /// <summary>As a shell would; words in single quotes are one.</summary>
    private static string[] Split(string line) => [.. System.CommandLine.Parsing.CommandLineParser
        .SplitCommandLine(line.Replace('\'', '"'))];
}

using System.Net;
using System.Net.Sockets;

namespace Rollouts.EndToEnd;

/// <summary>A user's mistake is one line that names the thing, the right exit code, and nothing half-started.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bad-input-").FullName;

    [Fact]
    public async Task A_kubeconfig_that_is_not_there_is_named() =>
        AssertOneLine(
            await BuiltProgram.ControllerAsync("run", "--kubeconfig", "/nowhere/config"),
            2,
            "kubeconfig /nowhere/config: "
        );

    [Fact]
    public async Task A_kubeconfig_that_is_broken_is_named_with_the_line()
    {
        var file = Write("config", "a: b: c\n");

        AssertOneLine(
            await BuiltProgram.ControllerAsync("run", "--kubeconfig", file),
            2,
            $"kubeconfig {file}: line 1: "
        );
    }

    [Theory]
    [InlineData("run")]
    [InlineData("explain rollout shop")]
    public async Task An_API_server_that_does_not_answer_is_named(string verb)
    {
        var file = Write(
            "config",
            """
            {current-context: a, contexts: [{name: a, context: {cluster: a} }],
             clusters: [{name: a, cluster: {server: "http://127.0.0.1:1"} }]}
            """
        );

        AssertOneLine(
            await BuiltProgram.ControllerAsync([.. verb.Split(' '), "--kubeconfig", file]),
            1,
            "API server http://127.0.0.1:1/",
            "Connection refused"
        );
    }

    [Fact]
    public async Task An_unknown_scenario_is_answered_with_the_known_ones()
    {
        var program = await BuiltProgram.LocalClusterAsync("demo", "--scenario", "catastrophe");

        Assert.Equal(2, program.ExitCode);
        Assert.Contains("catastrophe", program.Error, StringComparison.Ordinal);
        Assert.Contains("bad-errors", program.Error, StringComparison.Ordinal);
        Assert.Empty(program.Output);
    }

    [Fact]
    public async Task A_port_in_use_is_named_by_the_cluster()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        AssertOneLine(await BuiltProgram.LocalClusterAsync("demo", "--port", $"{port}"), 1, $"{port}");
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--service-port")]
    [InlineData("--rate")]
    [InlineData("--argo-cache-lag")]
    public async Task A_number_that_is_none_is_named(string option)
    {
        var program = await BuiltProgram.LocalClusterAsync("up", option, "abc");

        Assert.Equal(2, program.ExitCode);
        Assert.StartsWith($"local-cluster: {option} abc: ", program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--folder")]
    [InlineData("--api")]
    public async Task A_variable_of_the_shell_that_is_not_set_is_named(string option)
    {
        var program = await BuiltProgram.LocalClusterAsync("up", option, "");

        Assert.Equal(2, program.ExitCode);
        Assert.StartsWith($"local-cluster: {option} '': ", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_CRDs_is_refused_in_one_line() =>
        AssertOneLine(await BuiltProgram.LocalClusterAsync("demo", "--crds", _folder), 1, "rollouts.argoproj.io");

    [Fact]
    public async Task An_invalid_CRD_file_is_named_with_what_is_wrong()
    {
        Write(
            "rollouts.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {}\n"
        );

        AssertOneLine(await BuiltProgram.LocalClusterAsync("demo", "--crds", _folder), 1, "rollouts.yaml");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertOneLine(BuiltProgram program, int exitCode, params string[] parts)
    {
        Assert.True(exitCode == program.ExitCode, $"exit code {program.ExitCode}: {program.Error}");
        Assert.Single(program.Error.Split('\n'));
        Assert.All(parts, part => Assert.Contains(part, program.Error, StringComparison.Ordinal));
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}

using System.Diagnostics;
using System.Text;
using Rollouts.LocalCluster;

namespace Rollouts.EndToEnd;

/// <summary>A program as a user starts it: the built executable, its exit code, and what it printed.</summary>
internal sealed record BuiltProgram(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    public static Task<BuiltProgram> LocalClusterAsync(params string[] arguments) =>
        RunAsync(RepositoryFiles.Program("LocalCluster", "local-cluster"), arguments);

    public static Task<BuiltProgram> ControllerAsync(params string[] arguments) =>
        RunAsync(RepositoryFiles.Program("AnalysisController", "analysis-controller"), arguments);

    public static async Task<BuiltProgram> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        string input = "",
        string? kubeconfig = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (kubeconfig is not null)
        {
            start.Environment["KUBECONFIG"] = kubeconfig;
        }

        using var process = new Process { StartInfo = start };
        var (output, error) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{program} {string.Join(' ', arguments)}: not over after {Limit}\n{output}\n{error}"
            );
        }

        return new BuiltProgram(process.ExitCode, output.ToString().Trim(), error.ToString().Trim());
    }
}

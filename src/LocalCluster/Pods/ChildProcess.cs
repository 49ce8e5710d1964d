using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Rollouts.LocalCluster.Pods;

/// <summary>One running program: its output goes line by line to the given sink, its end is a task.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    public const int OutOfMemoryExitCode = 137;

    private const int TerminateSignal = 15;
    private const int LongestLineChars = 8 * 1024;

    /// <summary>
    /// What a process here inherits; everything else of the surroundings stays outside, as in a container.
    /// </summary>
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG", "TZ"];

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        Id = process.Id;
        Ended = EndAsync(process, onLine);
    }

    public int Id { get; }

    /// <summary>
    /// Completes with the exit code, 128 + signal for a killed process, after the last line of output.
    /// </summary>
    public Task<int> Ended { get; }

    /// <summary>Resident memory, or zero once the process is gone.</summary>
    public long ResidentBytes
    {
        get
        {
            try
            {
                var fields = File.ReadAllText($"/proc/{Id}/statm").Split(' ');
                return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }
    }

    public static async Task<ChildProcess> StartAsync(
        ProcessNursery nursery,
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Action<string> onLine)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetDirectoryName(program) ?? "/",
        };
        start.Environment.Clear();
        foreach (var name in Inherited)
            start.Environment[name] = Environment.GetEnvironmentVariable(name);
        // The runtime that runs us runs them, wherever it is installed.
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(runtime, "../../.."));
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = await nursery.StartAsync(start);
        process.StandardInput.Close();
        return new ChildProcess(process, onLine);
    }

    public void Kill()
    {
        if (!Ended.IsCompleted)
            _process.Kill();
    }

    /// <summary>SIGTERM, and SIGKILL when the grace period is over; returns when the process is gone.</summary>
    public async Task<int> StopAsync(TimeSpan gracePeriod, TimeProvider clock)
    {
        if (!_process.HasExited)
            _ = SendSignal(Id, TerminateSignal);
        try
        {
            return await Ended.WaitAsync(gracePeriod, clock);
        }
        catch (TimeoutException)
        {
            Kill();
            return await Ended;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Ended;
        _process.Dispose();
    }

    private static async Task<int> EndAsync(Process process, Action<string> onLine)
    {
        await Task.WhenAll(
            CopyLinesAsync(process.StandardOutput, onLine),
            CopyLinesAsync(process.StandardError, onLine));
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task CopyLinesAsync(StreamReader output, Action<string> onLine)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        int count;
        while ((count = await output.ReadAsync(buffer)) > 0)
        {
            foreach (var character in buffer.AsSpan(0, count))
            {
                if (character != '\n')
                    line.Append(character);
                if (character == '\n' || line.Length >= LongestLineChars)
                    Flush(line, onLine);
            }
        }

        if (line.Length > 0)
            Flush(line, onLine);
    }

    private static void Flush(StringBuilder line, Action<string> onLine)
    {
        onLine(line.ToString());
        line.Clear();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}

using System.Diagnostics;

namespace Rollouts.House;

/// <summary>
/// The files of this repository: what git tracks or would track, as paths from its root with forward slashes.
/// </summary>
internal sealed class Repository
{
    private static readonly string[] NotOurs = [".git", "bin", "obj", "out", "node_modules", "TestResults"];

    public static Repository Here { get; } = new(FindRoot(AppContext.BaseDirectory));

    private Repository(string root)
    {
        Root = root;
        Files = (GitFiles(root) ?? WalkedFiles(root)).Where(file => File.Exists(Path.Combine(root, file)))
            .Order(StringComparer.Ordinal).ToList();
        CSharp = Files.Where(IsCSharp).Select(Source).ToList();
    }

    public string Root { get; }

    public IReadOnlyList<string> Files { get; }

    /// <summary>Every hand-written C# file of src and tests.</summary>
    public IReadOnlyList<SourceFile> CSharp { get; }

    public IEnumerable<SourceFile> CSharpUnder(string folder) =>
        CSharp.Where(file => file.Path.StartsWith(folder, StringComparison.Ordinal));

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public SourceFile Source(string path) => new(path, Read(path));

    public bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>Every folder below <paramref name="parent"/> that holds a file.</summary>
    public IEnumerable<string> FoldersUnder(string parent) =>
        Files.Where(file => file.StartsWith(parent + '/', StringComparison.Ordinal))
            .SelectMany(file => Ancestors(file).TakeWhile(folder => folder != parent))
            .Distinct().Order(StringComparer.Ordinal);

    /// <summary>What the walk finds where there is no git: all but the folders that builds and tools make.</summary>
    public static IEnumerable<string> WalkedFiles(string root) =>
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => NotOurs.Contains(part)));

    private static bool IsCSharp(string path) =>
        path.EndsWith(".cs", StringComparison.Ordinal) &&
        (path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal));

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var at = path.LastIndexOf('/'); at > 0; at = path.LastIndexOf('/', at - 1))
        {
            yield return path[..at];
        }
    }

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Rollouts.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Rollouts.sln in or above {start}.");
    }

    private static IEnumerable<string>? GitFiles(string root)
    {
        var start = new ProcessStartInfo("git", "ls-files -z --cached --others --exclude-standard")
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var errors = git.StandardError.ReadToEndAsync();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no git on this machine
        }
    }
}

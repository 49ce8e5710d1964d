namespace Rollouts.LocalCluster;

/// <summary>
/// Finds what the local cluster starts, in the build output of the repository that it was itself built in.
/// </summary>
internal static class RepositoryFiles
{
    private const string Framework = "net10.0";

    public static string Crds() => Path.Combine(Root(), "crds");

    /// <param name="project">Folder below src.</param>
    /// <param name="program">File name of the executable.</param>
    public static string Program(string project, string program)
    {
        var output = Path.Combine(Root(), "src", project, "bin");
        // Ours first: a Release cluster runs Release programs.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? "Debug";
        return new[] { configuration, "Debug", "Release" }
            .Select(candidate => Path.Combine(output, candidate, Framework, program))
            .FirstOrDefault(File.Exists)
            ?? throw new LocalClusterException($"{program} is not built: nothing in {output}; run `make build`");
    }

    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Rollouts.sln")))
                return folder.FullName;
        }

        throw new LocalClusterException(
            $"no Rollouts.sln above {AppContext.BaseDirectory}: name --api, --controller and --crds");
    }
}

namespace Rollouts.Api.Tests.Hosting;

/// <summary>Finds a program that a test needs. In CI a missing one fails the test; elsewhere the test says it was not run.</summary>
internal static class Tool
{
    public static string Find(string name, params string[] furtherFolders)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(furtherFolders);
        var found = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            var problem = $"{name} is not on PATH";
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", problem);
            Assert.Skip(problem);
        }

        return found;
    }
}

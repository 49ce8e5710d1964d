namespace Rollouts.Api.Tests.Hosting;

/// <summary>Finds a program that a test needs. In CI a missing one fails the test; elsewhere the test says it was not run.</summary>
internal static class Tool
{
    public static string Find(string name, params string[] furtherFolders)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(furtherFolders);
        var found = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Require(found is not null, $"{name} is not on PATH");
        return found!;
    }

    public static void Require(bool isThere, string problem)
    {
        if (!isThere)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", problem);
            Assert.Skip(problem);
        }
    }
}

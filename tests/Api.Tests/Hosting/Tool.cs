namespace Rollouts.Api.Tests.Hosting;

/// <summary>Finds a program that a test needs; the test names it in a trait, so that it is left out by name or fails.</summary>
internal static class Tool
{
    public static string Find(string name, params string[] furtherFolders)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(furtherFolders);
        var found = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.True(found is not null, $"{name} is not on PATH");
        return found!;
    }
}

namespace Rollouts.Api.Tests.Hosting;

/// <summary>Finds a program that a test needs and names in a trait.</summary>
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

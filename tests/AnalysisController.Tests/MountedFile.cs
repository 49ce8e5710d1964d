namespace Rollouts.AnalysisController.Tests;

/// <summary>
/// A file as the kubelet mounts it (kubernetes/kubernetes pkg/volume/util/atomic_writer.go): a link that stays, into a
/// link that is swapped for another folder.
/// </summary>
internal sealed class MountedFile : IDisposable
{
    private const string Name = "file";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mounted-");
    private int _version;

    public MountedFile(string content)
    {
        Replace(content);
        File.CreateSymbolicLink(Path, System.IO.Path.Combine("..data", Name));
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, Name);

    /// <param name="content">Null takes the file away and leaves the link.</param>
    public void Replace(string? content)
    {
        var version = $"..{++_version}";
        var folder = _folder.CreateSubdirectory(version);
        if (content is not null)
        {
            File.WriteAllText(System.IO.Path.Combine(folder.FullName, Name), content);
        }

        var link = System.IO.Path.Combine(_folder.FullName, "..data");
        File.Delete(link);
        File.CreateSymbolicLink(link, version);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

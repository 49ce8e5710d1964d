namespace Rollouts.AnalysisController.Journal;

/// <summary>Keeps the journal within its bound: the files that were written longest ago go first.</summary>
internal static class JournalRetention
{
    public static void Prune(JournalOptions options)
    {
        var folder = Directory.CreateDirectory(options.Folder);
        var files = folder
            .EnumerateFiles(JournalFile.Pattern, SearchOption.AllDirectories)
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .ToList();
        var kept = 0L;
        foreach (var file in files)
        {
            kept += file.Length;
            if (kept > options.MostBytes)
            {
                file.Delete();
            }
        }
    }
}

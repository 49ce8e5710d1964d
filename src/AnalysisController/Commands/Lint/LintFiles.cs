namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>What is linted: files, standard input, and folders as the files in them.</summary>
internal static class LintFiles
{
    public const string StandardInput = "-";

    /// <summary>As kubectl takes them from a folder (kubectl's --filename), and none of its folders.</summary>
    private static readonly string[] Endings = [".json", ".yaml", ".yml"];

    /// <summary>Opens one after the other, as they are asked for; who reads them disposes of them.</summary>
    /// <exception cref="IOException">One cannot be opened.</exception>
    /// <exception cref="InvalidDataException">A folder holds nothing to read.</exception>
    public static IEnumerable<(string Name, TextReader Text)> Open(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (name == StandardInput)
            {
                yield return ("standard input", Console.In);
                continue;
            }

            foreach (var file in Directory.Exists(name) ? FilesIn(name) : [name])
            {
                yield return (file, File.OpenText(file));
            }
        }
    }

    private static string[] FilesIn(string folder)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => Endings.Contains(Path.GetExtension(file)))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? files
            : throw new InvalidDataException(
                $"{folder}: a folder without a file that ends in {string.Join(", ", Endings)}");
    }
}

using System.Text;
using Rollouts.Analysis.Policy;

namespace Rollouts.AnalysisController.Journal;

/// <summary>
/// The file of one run. Nothing is remembered between two appends: each opens the file for itself alone, mends a torn
/// last line, leaves out what is there already, writes and closes. So it may be repeated, killed at any point, and
/// shared by two controllers of which one leads.
/// </summary>
internal static class JournalFile
{
    public const string Pattern = "*.jsonl";

    /// <summary>
    /// Longest part of a file's name that is the run's: names of objects may be as long as file names.
    /// </summary>
    private const int MostNameLength = 200;

    private const int UidLength = 8;

    /// <summary>Bytes read at a time when looking for the last line.</summary>
    private const int BlockBytes = 64 * 1024;

    public static string PathOf(string folder, JournalRun run)
    {
        var name = run.Key.Name.Length <= MostNameLength ? run.Key.Name : run.Key.Name[..MostNameLength];
        var uid = run.Uid.Length <= UidLength ? run.Uid : run.Uid[..UidLength];
        return Path.Combine(folder, run.Key.Namespace, $"{name}.{uid}.jsonl");
    }

    /// <returns>How many lines were added.</returns>
    /// <exception cref="IOException">The disk does not take it; nothing of it counts as written.</exception>
    public static int Append(string folder, JournalEntry entry)
    {
        var path = PathOf(folder, entry.Run);
        if (entry.IsTail && !File.Exists(path))
        {
            return 0;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var latest = MendAndFindLatest(file);
        var lines = new List<string>();
        if (file.Length == 0)
        {
            lines.Add(SpecLine.Write(entry.Spec));
            lines.AddRange(Inherited(folder, entry.Fork));
            latest = JournalLine.OrderOf(lines[^1]);
        }

        foreach (var line in entry.Lines)
        {
            if (JournalLine.OrderOf(line) is var order && order.CompareTo(latest) > 0)
            {
                lines.Add(line);
                latest = order;
            }
        }

        if (lines.Count > 0)
        {
            file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
            file.Flush(flushToDisk: true);
        }

        return lines.Count;
    }

    /// <summary>The evidence that the run began with, from the file of the run that gathered it.</summary>
    private static List<string> Inherited(string folder, JournalFork? fork)
    {
        if (fork is null || PathOf(folder, fork.From) is var path && !File.Exists(path))
        {
            return [];
        }

        var lines = new List<string>();
        var intervals = 0L;
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            if (JournalLine.IsInterval(line) && ++intervals > fork.Intervals)
            {
                break;
            }

            lines.Add(line);
        }

        lines.Add(JournalLine.Step(fork.Seconds));
        return lines;
    }

    /// <summary>Cuts a last line without its end off, and says where the last whole one stands in time.</summary>
    private static (double Seconds, int Rank) MendAndFindLatest(FileStream file)
    {
        var tail = new List<byte>();
        var block = new byte[BlockBytes];
        var from = file.Length;
        while (from > 0)
        {
            var count = (int)Math.Min(BlockBytes, from);
            from -= count;
            file.Seek(from, SeekOrigin.Begin);
            file.ReadExactly(block, 0, count);
            tail.InsertRange(0, block.AsSpan(0, count));
            var end = tail.LastIndexOf((byte)'\n');
            var start = end <= 0 ? -1 : tail.LastIndexOf((byte)'\n', end - 1);
            if (end >= 0 && (start >= 0 || from == 0))
            {
                file.SetLength(from + end + 1);
                return JournalLine.OrderOf(Encoding.UTF8.GetString([.. tail.GetRange(start + 1, end - start - 1)]));
            }
        }

        file.SetLength(0);
        return (double.NegativeInfinity, 0);
    }
}

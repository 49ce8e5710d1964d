namespace Rollouts.Api.Version;

/// <summary>
/// The labels of this pod as the Downward API writes them into a file, which changes while the pod lives.
/// </summary>
internal sealed class PodLabels(string path)
{
    /// <summary>The value of a label; null when there is no file or no such label.</summary>
    /// <remarks>Source: kubernetes.io, "Downward API": one <c>key="value"</c> a line.</remarks>
    public string? Read(string name)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var line = File.ReadLines(path)
            .FirstOrDefault(line => line.StartsWith($"{name}=", StringComparison.Ordinal));
        return line?[(name.Length + 1)..].Trim('"');
    }
}

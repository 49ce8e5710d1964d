namespace Rollouts.House;

/// <summary>One place where a rule does not hold.</summary>
/// <param name="Line">Counts from 1; 0 is the file as a whole.</param>
internal readonly record struct Finding(string Path, int Line, string Message)
{
    public override string ToString() => Line == 0 ? $"{Path}: {Message}" : $"{Path}:{Line}: {Message}";
}

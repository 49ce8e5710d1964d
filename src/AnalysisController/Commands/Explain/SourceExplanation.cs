namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>One pod, or one file.</summary>
internal sealed record SourceExplanation
{
    public const string Answered = "Answered";

    public const string NotAsked = "NotAsked";

    public required string Name { get; init; }

    /// <summary><c>stable</c> or <c>canary</c>; empty where there is one file only.</summary>
    public required string Arm { get; init; }

    /// <summary>What is asked; empty for a file, and for a pod that names nothing to ask.</summary>
    public string Target { get; init; } = "";

    /// <summary>Who named the target's port, in words.</summary>
    public string TargetFrom { get; init; } = "";

    /// <summary>One of the two above, or the reason of a scrape that failed.</summary>
    public required string Result { get; init; }

    /// <summary>What happened, in words; empty when it answered.</summary>
    public string Message { get; init; } = "";

    /// <summary>Null when there was no usable answer.</summary>
    public ScrapeReading? Reading { get; init; }

    public bool IsComplete => Reading?.IsComplete ?? Result == NotAsked;
}

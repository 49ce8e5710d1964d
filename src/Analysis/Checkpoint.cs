using System.Collections.Immutable;

namespace Rollouts.Analysis;

/// <summary>What reading a checkpoint gave.</summary>
public abstract record CheckpointResult
{
    private CheckpointResult()
    {
    }

    public sealed record Restored(AnalysisState State) : CheckpointResult;

    /// <summary>Written by a newer version, or damaged: the caller starts fresh and says so.</summary>
    public sealed record Unreadable(string Message) : CheckpointResult;
}

/// <summary>The state as bytes: versioned, binary, deflated; exact, so that a restored judge continues bit for bit.</summary>
public static class Checkpoint
{
    /// <summary>Most bytes that <see cref="Write"/> returns; what does not fit is shed and named in <see cref="CheckpointBytes.Shed"/>.</summary>
    public const int LimitBytes = 48 * 1024;

    public static CheckpointBytes Write(AnalysisState state) => new([], []);

    /// <summary>Reads what <see cref="Write"/> wrote; never throws on foreign bytes.</summary>
    public static CheckpointResult Read(ReadOnlySpan<byte> bytes) => new CheckpointResult.Unreadable("not written yet");
}

/// <summary>A checkpoint, and what had to be left out of it, in words.</summary>
public sealed record CheckpointBytes(ImmutableArray<byte> Bytes, ImmutableArray<string> Shed);

using System.Collections.Immutable;
using System.IO.Compression;

using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Persistence;

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

/// <summary>
/// The state as bytes: versioned, binary, deflated; exact, so that a restored judge continues bit for bit.
/// </summary>
/// <remarks>
/// What is remembered of pods between scrapes is not part of it: after a restart each pod's first scrape is a new base,
/// and the gap is missing data. Layout: a magic byte, the version, eight bytes of checksum, then the deflated body.
/// </remarks>
public static class Checkpoint
{
    /// <summary>
    /// Most bytes that <see cref="Write"/> returns; what does not fit is shed and named in <see
    /// cref="CheckpointBytes.Shed"/>.
    /// </summary>
    public const int LimitBytes = 48 * 1024;

    private const byte Magic = 0xCA;
    private const byte Version = 2;
    private const int HeaderBytes = 2 + sizeof(ulong);
    private const int MostInflatedBytes = 16 * 1024 * 1024;

    /// <summary>Writes the state; what does not fit is left out in the order of <see cref="Shedding.Steps"/>.</summary>
    public static CheckpointBytes Write(AnalysisState state)
    {
        foreach (var shedding in Shedding.Steps)
        {
            var bytes = Packed(BodyOf(state, shedding));
            if (bytes.Length <= LimitBytes || shedding == Shedding.Steps[^1])
            {
                return new CheckpointBytes([.. bytes], shedding.Words, !shedding.Interval);
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; never throws on foreign bytes.</summary>
    public static CheckpointResult Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || bytes[0] != Magic)
        {
            return new CheckpointResult.Unreadable("these bytes are no checkpoint");
        }

        if (bytes[1] != Version)
        {
            return new CheckpointResult.Unreadable(FormattableString.Invariant(
                $"the checkpoint has version {bytes[1]}; this program reads version {Version}"));
        }

        var body = bytes[HeaderBytes..];
        if (BitConverter.ToUInt64(bytes[2..HeaderBytes]) != NameHash.Of(body))
        {
            return new CheckpointResult.Unreadable("the checkpoint is damaged: its checksum does not fit");
        }

        try
        {
            return new CheckpointResult.Restored(StateOf(new StateReader(Inflated(body))));
        }
        catch (Exception exception) when (exception is InvalidDataException or OverflowException or ArgumentException)
        {
            return new CheckpointResult.Unreadable("the checkpoint is damaged: " + exception.Message);
        }
    }

    private static byte[] BodyOf(AnalysisState state, Shedding shedding)
    {
        var writer = new StateWriter();
        SpecFormat.Write(writer, state.Spec);
        writer.Instant(state.StartedAt);
        writer.Instant(state.NextRoundAt);
        writer.Instant(state.Origin);
        writer.Instant(state.StepStartedAt);
        writer.Instant(state.DeadlineFrom);
        writer.Instant(state.LatestAt);
        writer.Count(state.Intervals);
        writer.Number(state.Step);
        writer.Flag(state.AreWeightsFixed);
        writer.Numbers(state.LogWeights);
        foreach (var metric in state.Metrics)
        {
            MetricFormat.Write(writer, metric, shedding);
        }

        VerdictFormat.Write(writer, state.Troubles);
        VerdictFormat.Write(writer, state.Verdict);
        var line = shedding.Interval ? null : state.LatestInterval;
        writer.TextOrNull(line is null ? null : IntervalLine.Write(line, state.Origin));
        return writer.ToArray();
    }

    private static AnalysisState StateOf(StateReader reader)
    {
        var spec = SpecFormat.Read(reader);
        var state = new AnalysisState
        {
            Spec = spec,
            StartedAt = reader.Instant(),
            NextRoundAt = reader.Instant(),
            Origin = reader.Instant(),
            StepStartedAt = reader.Instant(),
            DeadlineFrom = reader.Instant(),
            LatestAt = reader.Instant(),
            Intervals = reader.Count(),
            Step = (int)reader.Number(),
            AreWeightsFixed = reader.Flag(),
            LogWeights = reader.Numbers(),
            Verdict = Verdict.VerdictPolicy.Nothing,
        };
        var metrics = ImmutableArray.CreateBuilder<MetricState>(spec.Metrics.Length);
        foreach (var metric in spec.Metrics)
        {
            metrics.Add(MetricFormat.Read(reader, metric));
        }

        state = state with
        {
            Metrics = metrics.MoveToImmutable(),
            Troubles = VerdictFormat.ReadTroubles(reader),
            Verdict = VerdictFormat.ReadVerdict(reader),
            LatestInterval = reader.TextOrNull() is { } line ? IntervalLine.Read(line, state.Origin) : null,
        };
        return reader.IsAtEnd && state.LogWeights.Length == state.Metrics.Length
            ? state
            : throw new InvalidDataException("the checkpoint has another length than its content");
    }

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(body);
        }

        var content = packed.GetBuffer().AsSpan(0, (int)packed.Length);
        var bytes = new byte[HeaderBytes + content.Length];
        bytes[0] = Magic;
        bytes[1] = Version;
        BitConverter.TryWriteBytes(bytes.AsSpan(2), NameHash.Of(content));
        content.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    private static byte[] Inflated(ReadOnlySpan<byte> body)
    {
        using var packed = new MemoryStream(body.ToArray());
        using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (deflate.Read(buffer) is > 0 and var count)
        {
            plain.Write(buffer, 0, count);
            if (plain.Length > MostInflatedBytes)
            {
                throw new InvalidDataException("it inflates to more than 16 MiB");
            }
        }

        return plain.ToArray();
    }
}

/// <summary>A checkpoint, and what had to be left out of it.</summary>
/// <param name="Shed">What of the evidence was left out, in words.</param>
/// <param name="HoldsInterval">Whether the latest interval, which only the journal needs, is in it.</param>
public sealed record CheckpointBytes(ImmutableArray<byte> Bytes, ImmutableArray<string> Shed, bool HoldsInterval);

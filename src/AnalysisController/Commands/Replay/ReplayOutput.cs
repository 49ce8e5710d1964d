using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Commands.Replay;

/// <summary>Where judgements go.</summary>
internal abstract class ReplayOutput
{
    /// <summary>Intervals between two shows of confidence bounds, or two rows of a table without news.</summary>
    public const int ShowEvery = 30;

    /// <summary>One interval was judged.</summary>
    public abstract void Write(AnalysisState state);

    /// <summary>The input has ended.</summary>
    public abstract void Finish(AnalysisState state);
}

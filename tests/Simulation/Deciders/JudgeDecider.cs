using Rollouts.Analysis;
using Rollouts.Analysis.Observation;
using Rollouts.Analysis.Verdict;
using Rollouts.Simulation.Worlds;

namespace Rollouts.Simulation.Deciders;

/// <summary>Our own judge, through the door that the controller uses.</summary>
internal sealed class JudgeDecider(AnalysisSpec spec)
{
    private AnalysisState _state = CanaryAnalysis.Start(spec, World.Start);

    public Decision Look(EvidenceInterval interval) =>
        (_state = CanaryAnalysis.Advance(_state, interval)).Verdict.Decision;
}

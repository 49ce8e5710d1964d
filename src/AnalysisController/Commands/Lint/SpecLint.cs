using System.Globalization;
using Rollouts.Analysis;

namespace Rollouts.AnalysisController.Commands.Lint;

/// <summary>What an analysis may say, and hardly means.</summary>
internal static class SpecLint
{
    public static IEnumerable<string> Warnings(AnalysisSpec spec)
    {
        if (spec.OnDeadline == DeadlineAction.Inconclusive && spec.Deadline is { } deadline
            && deadline < spec.MinimumStep)
        {
            var (last, first) = (deadline.TotalSeconds, spec.MinimumStep.TotalSeconds);
            var told = string.Create(
                CultureInfo.InvariantCulture, $"deadlineSeconds is {last}, below minimumStepSeconds {first}");
            yield return told + ": every gate is Inconclusive at its deadline, however good the canary; lower "
                + "minimumStepSeconds too";
        }
    }
}

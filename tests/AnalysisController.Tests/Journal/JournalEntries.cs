using Rollouts.Analysis.Policy;
using Rollouts.AnalysisController.Journal;
using Rollouts.AnalysisController.Kubernetes.Objects;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>Small entries of the journal: a run, its policy, and lines that say when.</summary>
internal static class JournalEntries
{
    public static readonly JournalRun Run = new(new ObjectKey("shop", "cart-6f9c-2-1"), "0123456789abcdef");

    public static readonly string Spec = SpecLine.Write(Presets.Fast);

    public static JournalEntry Entry(JournalRun run, params string[] lines) =>
        new()
        {
            Run = run,
            Spec = Presets.Fast,
            Lines = [.. lines],
        };

    public static string Interval(double t) => $$"""{"kind":"interval","t":{{t}},"canary":{},"stable":{} }""";

    public static string Step(double t) => $$"""{"kind":"step","t":{{t}}}""";
}

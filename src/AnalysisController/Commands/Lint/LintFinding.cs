namespace Rollouts.AnalysisController.Commands.Lint;

internal enum LintSeverity
{
    /// <summary>It works, but hardly as it was meant.</summary>
    Warning,

    /// <summary>It is refused, or ends every run in Error.</summary>
    Error,
}

/// <summary>One thing that is wrong with one object of a file.</summary>
/// <param name="Line">Where the object begins; from 1.</param>
/// <param name="Subject">Kind and name.</param>
internal sealed record LintFinding(string File, long Line, string Subject, LintSeverity Severity, string Message);

using Microsoft.Extensions.Logging;

namespace Rollouts.AnalysisController.Tests;

/// <summary>Keeps what is logged: number, level and text.</summary>
internal sealed class KeptLog : ILogger
{
    public List<(int Number, LogLevel Level, string Text)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Lines.Add((eventId.Id, logLevel, formatter(state, exception)));
}

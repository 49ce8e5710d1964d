using System.Globalization;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Faults;

/// <summary>Switches faults on and off: the board, the log and the journal in one step.</summary>
internal sealed partial class FaultPanel(
    FaultBoard board, FaultJournal journal, Identity identity, TimeProvider clock, ILogger<FaultPanel> log)
{
    public void SwitchOn(FaultSwitch fault)
    {
        board.Put(fault);
        Record(fault, "on", fault.By, fault.EndsAt);
    }

    /// <summary>Switches off one kind. False when it was not on.</summary>
    public bool SwitchOff(FaultKind kind, string by)
    {
        var running = board.Running.FirstOrDefault(fault => fault.Kind == kind);
        if (running is null)
        {
            return false;
        }

        board.Remove(kind);
        Record(running, "off", by, null);
        return true;
    }

    private void Record(FaultSwitch fault, string action, string by, DateTimeOffset? until)
    {
        var name = FaultSchema.Of(fault.Kind).Name;
        var what = Describe(fault);
        LogSwitch(name, action, what, by);
        journal.Add(new FaultRecord(clock.GetUtcNow(), by, action, name, what, until, identity.Pod));
    }

    private static string Describe(FaultSwitch fault) => string.Join(
        ',',
        [
            .. fault.Numbers.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")),
            .. (ReadOnlySpan<string>)(fault.Status.IsEmpty ? [] : [$"status={string.Join('|', fault.Status)}"]),
            .. (ReadOnlySpan<string>)(fault.Category is null ? [] : [$"category={fault.Category}"]),
            .. (ReadOnlySpan<string>)(fault.OnlyVersion is null ? [] : [$"onlyVersion={fault.OnlyVersion}"]),
            .. (ReadOnlySpan<string>)(fault.OnlyPod is null ? [] : [$"onlyPod={fault.OnlyPod}"]),
        ]);

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "Demo fault {Kind} {Action}: {What} (by {By})")]
    private partial void LogSwitch(string kind, string action, string what, string by);
}

using System.Globalization;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Faults;

/// <summary>Switches faults on and off: the board, the other pods, the log and the journal in one step.</summary>
internal sealed partial class FaultPanel(
    FaultBoard board,
    FaultJournal journal,
    Identity identity,
    TimeProvider clock,
    ILogger<FaultPanel> log,
    FaultSharing? sharing = null)
{
    /// <summary>True when a switch reaches every pod.</summary>
    public bool IsShared => sharing?.IsConnected == true;

    /// <summary>False, and nothing done, when the switch is for another pod that cannot be told.</summary>
    public async Task<bool> TrySwitchOnAsync(FaultSwitch fault, CancellationToken cancellation)
    {
        var isShared = sharing is not null && await sharing.TryShareAsync(fault.Kind, fault, cancellation);
        if (!isShared && !board.IsForThisPod(fault))
        {
            return false;
        }

        board.Put(fault);
        Record(fault, "on", fault.By, fault.EndsAt);
        return true;
    }

    /// <summary>Switches one kind off, here and, with Redis, everywhere.</summary>
    public async Task SwitchOffAsync(FaultKind kind, string by, CancellationToken cancellation)
    {
        var running = board.Running.FirstOrDefault(fault => fault.Kind == kind);
        board.Remove(kind);
        if (sharing is not null)
        {
            await sharing.TryShareAsync(kind, null, cancellation);
        }

        if (running is not null)
        {
            Record(running, "off", by, null);
        }
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

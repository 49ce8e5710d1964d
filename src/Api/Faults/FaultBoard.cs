using System.Collections.Immutable;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Faults;

/// <summary>Which faults are switched on. Reading it on the way of every request costs one array look-up.</summary>
internal sealed class FaultBoard
{
    private readonly Identity _identity;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private ImmutableArray<FaultSwitch?> _switches;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FaultBoard(FaultOptions options, Identity identity, TimeProvider clock)
    {
        (_identity, _clock) = (identity, clock);
        _switches = [.. new FaultSwitch?[FaultSchema.All.Length]];
        foreach (var fault in options.AtStart)
        {
            Put(fault);
        }
    }

    /// <summary>Completes at the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>All switches that have not ended, also those that are for other pods.</summary>
    public ImmutableArray<FaultSwitch> Running
    {
        get
        {
            var now = _clock.GetUtcNow();
            return [.. _switches.OfType<FaultSwitch>().Where(fault => fault.IsActiveAt(now))];
        }
    }

    /// <summary>The fault of this kind that this pod shows now, or null.</summary>
    public FaultSwitch? Active(FaultKind kind) =>
        _switches[(int)kind] is { } fault
        && fault.IsFor(_identity.Version, _identity.Pod)
        && fault.IsActiveAt(_clock.GetUtcNow())
            ? fault
            : null;

    /// <summary>The last switch of this kind, also one that ended or is for other pods.</summary>
    public FaultSwitch? Known(FaultKind kind) => _switches[(int)kind];

    public bool IsForThisPod(FaultSwitch fault) => fault.IsFor(_identity.Version, _identity.Pod);

    public void Put(FaultSwitch fault) => Set(fault.Kind, fault);

    public void Remove(FaultKind kind) => Set(kind, null);

    private void Set(FaultKind kind, FaultSwitch? fault)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            ImmutableInterlocked.InterlockedExchange(ref _switches, _switches.SetItem((int)kind, fault));
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}

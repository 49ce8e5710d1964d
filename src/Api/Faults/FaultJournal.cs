using System.Collections.Immutable;

namespace Rollouts.Api.Faults;

/// <summary>The last switches of this pod, newest first.</summary>
internal sealed class FaultJournal
{
    private const int Limit = 200;

    private ImmutableList<FaultRecord> _records = [];

    public ImmutableArray<FaultRecord> Records => [.. _records];

    public void Add(FaultRecord record) => ImmutableInterlocked.Update(
        ref _records,
        static (records, added) =>
            (records.Count < Limit ? records : records.RemoveAt(records.Count - 1)).Insert(0, added),
        record);
}

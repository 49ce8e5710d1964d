using Rollouts.LocalCluster.Pods;

namespace Rollouts.LocalCluster.Tests.Pods;

public sealed class ContainerLogTests
{
    private readonly ContainerLog _log = new();

    [Fact]
    public async Task A_tail_is_the_last_lines()
    {
        foreach (var line in new[] { "a", "b", "c" })
            _log.Append(line);

        Assert.Equal(["b", "c"], await ReadAsync(tail: 2));
        Assert.Equal(["a", "b", "c"], await ReadAsync(tail: 9));
        Assert.Empty(await ReadAsync(tail: 0));
    }

    [Fact]
    public async Task Only_the_last_lines_are_kept_within_the_capacity()
    {
        var line = new string('x', 1023);
        for (var index = 0; index < 2000; index++)
            _log.Append(line);
        _log.Append("last");

        var kept = await ReadAsync(tail: null);

        Assert.Equal("last", kept[^1]);
        Assert.True(kept.Sum(text => text.Length + 1) <= ContainerLog.CapacityChars);
        Assert.Equal(ContainerLog.CapacityChars / 1024, kept.Count);
    }

    [Fact]
    public async Task A_follower_reads_what_comes_until_the_container_ends()
    {
        _log.Append("before");
        var cancellation = TestContext.Current.CancellationToken;
        await using var lines = _log.ReadAsync(follow: true, tailLines: null, cancellation)
            .GetAsyncEnumerator(cancellation);

        Assert.True(await lines.MoveNextAsync());
        Assert.Equal("before", lines.Current);
        var next = lines.MoveNextAsync();
        Assert.False(next.IsCompleted);
        _log.Append("after");
        Assert.True(await next);
        Assert.Equal("after", lines.Current);
        _log.Complete();
        Assert.False(await lines.MoveNextAsync());
    }

    private async Task<List<string>> ReadAsync(int? tail)
    {
        var lines = new List<string>();
        await foreach (var line in _log.ReadAsync(follow: false, tail, TestContext.Current.CancellationToken))
            lines.Add(line);
        return lines;
    }
}

using System.Net;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests;

public sealed class OneShotTests
{
    [Theory]
    [InlineData("/demo/slow?ms=5", 200, """{"fault":"slow","ms":5}""")]
    [InlineData("/demo/cpu?cores=0.1&seconds=0.1", 200, """{"fault":"cpu","cores":0.1,"seconds":0.1}""")]
    [InlineData("/demo/memory?mb=2&seconds=0.1", 200, """{"fault":"memory","mb":2,"seconds":0.1}""")]
    public async Task A_one_shot_fault_says_what_it_did(string path, int status, string body)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.GetAsync(path);

        Assert.Equal((status, body), ((int)response.StatusCode, (await response.JsonAsync()).Compact()));
    }

    [Theory]
    [InlineData("/demo/slow?ms=60001", "ms is '60001': it must be a number from 0 to 60000.")]
    [InlineData("/demo/error?status=399", "status is '399': it must be a number from 400 to 599.")]
    [InlineData("/demo/cpu?cores=2.1", "cores is '2.1': it must be a number from 0.1 to 2.")]
    [InlineData("/demo/memory?mb=257", "mb is '257': it must be a number from 1 to 256.")]
    [InlineData("/demo/memory?seconds=61", "seconds is '61': it must be a number from 0 to 60.")]
    public async Task A_one_shot_fault_over_its_bound_is_refused(string path, string detail)
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.GetAsync(path);

        Assert.Equal((400, detail), ((int)response.StatusCode, (await response.JsonAsync()).Text("detail")));
    }

    [Fact]
    public async Task Of_two_heavy_one_shots_at_once_one_is_answered_429()
    {
        await using var api = await ApiInstance.StartAsync();
        var statuses = await Task.WhenAll(
            api.GetStatusAsync("/demo/memory?mb=1&seconds=3"), api.GetStatusAsync("/demo/cpu?cores=0.1&seconds=3"));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], statuses.Order());
    }
}

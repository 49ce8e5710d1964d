using Rollouts.AnalysisController.Leadership;

namespace Rollouts.AnalysisController.Tests.Leadership;

/// <summary>Several controllers and one lease, on clocks of their own: never two that write.</summary>
public sealed class LeaderElectionTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly LeaseServer _server = new();
    private readonly Candidate _a;
    private readonly Candidate _b;
    private readonly List<Candidate> _all;

    public LeaderElectionTests()
    {
        // Without a context every continuation runs within the call that moves a clock: one thread, one order.
        SynchronizationContext.SetSynchronizationContext(null);
        _a = new Candidate("a", _server, 1);
        _b = new Candidate("b", _server, 2);
        _all = [_a, _b];
    }

    [Fact]
    public void The_first_leads_and_the_second_stands_by_and_writes_nothing()
    {
        Start(_a, _b);

        Run(60);

        Assert.True(_a.Fence.IsOpen);
        Assert.False(_b.Fence.IsOpen);
        Assert.Equal((1, 0), (_a.Terms, _b.Terms));
        Assert.All(_server.Writes, write => Assert.Equal("a", write.Writer));
        Assert.True(_server.Writes.Count > 100);
    }

    [Fact]
    public void A_leader_that_is_told_to_stop_gives_the_lease_back_and_the_other_takes_it_within_a_retry_period()
    {
        Start(_a, _b);
        Run(20);

        _a.Stop();
        Run(5);

        Assert.True(_a.Running.IsCompleted);
        Assert.Equal("b", _server.Holder);
        Assert.Equal(1, _b.Terms);
        AssertOneWriterAtATime();
    }

    [Fact]
    public void A_leader_that_is_killed_is_followed_once_its_lease_has_run_out_and_not_before()
    {
        Start(_a, _b);
        Run(20);
        var diedAt = _server.Now;

        _a.IsPartitioned = true;
        _a.Pause();
        Run(14);
        Assert.Equal("a", _server.Holder);
        Run(8);

        Assert.Equal("b", _server.Holder);
        Assert.All(_server.Writes.Where(write => write.At > diedAt + Tick), write => Assert.Equal("b", write.Writer));
    }

    [Fact]
    public void A_leader_cut_off_from_the_server_stops_writing_before_anybody_else_may()
    {
        Start(_a, _b);
        Run(20);

        _a.IsPartitioned = true;
        Run(10.1);

        Assert.False(_a.Fence.IsOpen);
        Assert.Equal("a", _server.Holder);
        Run(10);
        Assert.Equal("b", _server.Holder);
        _a.IsPartitioned = false;
        Run(30);
        Assert.Equal((1, 1), (_a.Terms, _b.Terms));
        AssertOneWriterAtATime();
    }

    [Fact]
    public void A_process_that_was_paused_finds_its_fence_closed_when_it_wakes_up()
    {
        Start(_a, _b);
        Run(20);

        _a.Pause();
        Run(40);
        var awakeAt = _server.Now;
        _a.Resume();
        Run(10);

        Assert.Equal("b", _server.Holder);
        Assert.DoesNotContain(_server.Writes, write => write.Writer == "a" && write.At > awakeAt);
        AssertOneWriterAtATime();
    }

    [Fact]
    public void A_clock_of_the_other_that_is_an_hour_ahead_or_behind_changes_nothing()
    {
        _b.Clock.Jump(TimeSpan.FromHours(1));
        Start(_a, _b);

        Run(60);

        Assert.Equal("a", _server.Holder);
        Assert.Equal(0, _b.Terms);
    }

    [Fact]
    public void A_lease_that_somebody_deletes_is_made_again_and_there_is_one_leader_after_it()
    {
        Start(_a, _b);
        Run(20);

        _server.DeleteLease();
        Run(30);

        Assert.Single(_all, candidate => candidate.Fence.IsOpen);
    }

    [Fact]
    public void Who_lost_the_lease_stands_by_and_leads_again_when_its_turn_comes()
    {
        Start(_a);
        Run(20);

        _a.IsPartitioned = true;
        Run(30);
        _a.IsPartitioned = false;
        Run(10);

        Assert.Equal(2, _a.Terms);
        Assert.True(_a.Fence.IsOpen);
    }

    [Fact]
    public void A_slow_server_does_not_cost_the_lease()
    {
        _a.Latency = TimeSpan.FromSeconds(2);
        Start(_a);

        Run(120);

        Assert.Equal(1, _a.Terms);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(2_000)]
    [InlineData(3_000)]
    public void Pauses_partitions_slow_networks_and_drifting_clocks_never_make_two_writers(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + 25; seed++)
        {
            var random = new Random(seed);
            using var world = new LeaderElectionTests();
            world.Misbehave(random);
            var broken = world.Broken();
            Assert.True(broken is null, $"seed {seed}: {broken}");
            Assert.True(world._server.Writes.Count > 0, $"seed {seed}: nobody ever wrote");
        }
    }

    [Theory]
    [InlineData(15, 10, 2, null)]
    [InlineData(15, 15, 2, "--leader-elect-renew-deadline 15 s: less than the lease's duration, 15 s")]
    [InlineData(0.5, 0.4, 0.1, "--leader-elect-lease-duration 0.5 s: a whole number of seconds from 1")]
    [InlineData(
        15,
        10,
        9,
        "--leader-elect-retry-period 9 s: above 0 and, times 1.2, less than the renew deadline, 10 s"
    )]
    public void Durations_that_cannot_keep_two_apart_are_refused(
        double lease,
        double deadline,
        double retry,
        string? problem
    ) =>
        Assert.Equal(
            problem,
            LeaderElectionOptions.ProblemOf(
                TimeSpan.FromSeconds(lease),
                TimeSpan.FromSeconds(deadline),
                TimeSpan.FromSeconds(retry)
            )
        );

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    /// <summary>Five minutes in which everything that may go wrong does, again and again.</summary>
    private void Misbehave(Random random)
    {
        foreach (var candidate in _all)
        {
            candidate.Drift = 1 + ((random.NextDouble() - 0.5) * 0.02);
            candidate.Clock.Jump(TimeSpan.FromSeconds(random.Next(0, 3600)));
        }

        Start(_a, _b);
        for (var round = 0; round < 60; round++)
        {
            foreach (var candidate in _all)
            {
                candidate.Latency = TimeSpan.FromSeconds(random.NextDouble() * (random.Next(4) == 0 ? 3 : 0.2));
                candidate.IsPartitioned = random.Next(6) == 0;
                if (candidate.IsPaused)
                {
                    candidate.Resume();
                }
                else if (random.Next(6) == 0)
                {
                    candidate.Pause();
                }
            }

            Run(random.NextDouble() * 20);
        }
    }

    private void Start(params Candidate[] candidates)
    {
        foreach (var candidate in candidates)
        {
            candidate.Start();
            Run(1);
        }
    }

    private void Run(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= Tick)
        {
            _server.Advance(Tick);
            _all.ForEach(candidate => candidate.Advance(Tick));
        }
    }

    private void AssertOneWriterAtATime() => Assert.Null(Broken());

    /// <summary>A write is right when its writer held the lease at that moment, or nobody else has since.</summary>
    private string? Broken() =>
        _server
            .Writes.Where(write => write.Holder.Length > 0 && write.Holder != write.Writer)
            .Select(write => $"{write.Writer} wrote at {write.At} while {write.Holder} held the lease")
            .FirstOrDefault();
}

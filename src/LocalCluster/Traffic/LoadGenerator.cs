namespace Rollouts.LocalCluster.Traffic;

/// <summary>
/// Sends requests to the pods that the route table draws, at a fixed rate whatever becomes of them. Connections are
/// kept alive, pods are drawn per request: the cheapest load that still splits evenly.
/// </summary>
internal sealed class LoadGenerator(ServiceRouter router, LoadOptions options, TimeProvider clock) : IDisposable
{
    private const int UnderWayLimit = 1000;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly TrafficCounter _counter = new();
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
    });

    private int _underWay;

    public TrafficCounts Counts => _counter.Read();

    public async Task RunAsync(CancellationToken cancellation)
    {
        var schedule = new ArrivalSchedule(options.Seed, options.RequestsPerSecond);
        var random = new Random(options.Seed);
        var startedAt = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                Send(schedule.DueBy(clock.GetElapsedTime(startedAt)), random, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The cluster stops; requests under way end with the same token.
        }
    }

    public void Dispose() => _http.Dispose();

    private void Send(int due, Random random, CancellationToken cancellation)
    {
        var table = router.Table;
        for (; due > 0; due--)
        {
            if (_underWay >= UnderWayLimit)
            {
                _counter.Skipped(due);
                return;
            }

            if (table.Pick(random) is { } target)
                _ = SendAsync(target, cancellation);
            else
                _counter.Unrouted();
        }
    }

    private async Task SendAsync(RouteTarget target, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _underWay);
        var sentAt = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(AnswerTimeout, clock);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{target.EndPoint}{options.Path}"));
        request.Headers.Host = router.Host;
        try
        {
            using var answer = await _http.SendAsync(request, deadline.Token);
            await answer.Content.CopyToAsync(Stream.Null, deadline.Token);
            _counter.Ended(target.Arm, (int)answer.StatusCode, clock.GetElapsedTime(sentAt));
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException or IOException)
        {
            if (!cancellation.IsCancellationRequested)
                _counter.Ended(target.Arm, null, clock.GetElapsedTime(sentAt));
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}

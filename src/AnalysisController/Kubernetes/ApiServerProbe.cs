namespace Rollouts.AnalysisController.Kubernetes;

/// <summary>Asks the API server again and again, so that we know that it is there even when nothing happens.</summary>
internal sealed class ApiServerProbe(KubernetesClient client, TimeProvider clock)
{
    /// <summary>For how long no answer is no reason to worry yet.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private Answer _latest = new(Moment.Of(clock), TimeSpan.Zero, "");

    public TimeSpan ResponseTime => _latest.Took;

    /// <summary>Why the latest question got no answer; empty when it did.</summary>
    public string Failure => _latest.Failure;

    /// <summary>How long ago the server last answered.</summary>
    public TimeSpan SinceAnswer => _latest.At.SteadySince(clock);

    public bool IsReachable => SinceAnswer < Patience;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await AskAsync(cancellation);
            await Task.Delay(Interval, clock, cancellation);
        }
    }

    private async Task AskAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(AnswerTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        var asked = Moment.Of(clock);
        try
        {
            await client.GetServerVersionAsync(either.Token);
            _latest = new Answer(Moment.Of(clock), asked.SteadySince(clock), "");
        }
        catch (KubernetesException e)
        {
            _latest = _latest with { Failure = e.Message };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _latest = _latest with { Failure = $"no answer within {AnswerTimeout.TotalSeconds} s" };
        }
    }

    private sealed record Answer(Moment At, TimeSpan Took, string Failure);
}

namespace Rollouts.AnalysisController.Tests.Leadership;

internal static class Pauses
{
    /// <summary>As Task.Delay, but what awaits it goes on within the call that moves the clock.</summary>
    public static async Task WaitAsync(TimeProvider clock, TimeSpan wait)
    {
        var over = new TaskCompletionSource();
        await using var timer = clock.CreateTimer(_ => over.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan);
        await over.Task;
    }
}

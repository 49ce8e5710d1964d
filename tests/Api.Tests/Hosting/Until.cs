namespace Rollouts.Api.Tests.Hosting;

/// <summary>Waits for what a real process, socket or timer does in its own time.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<Task<bool>> isTrueAsync, string what, int seconds = 20)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await isTrueAsync())
        {
            Assert.False(timeout.IsCancellationRequested, $"not within {seconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

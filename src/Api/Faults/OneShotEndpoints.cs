using System.Globalization;
using System.Text.Json.Serialization;
using Rollouts.Api.Requests;

namespace Rollouts.Api.Faults;

/// <summary>Answer of a one-shot fault: what was done.</summary>
internal sealed record OneShotAnswer(
    string Fault,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Ms = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Cores = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Mb = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Seconds = null);

/// <summary>
/// Faults of one request: <c>/demo/slow</c>, <c>/demo/error</c>, <c>/demo/cpu</c>, <c>/demo/memory</c>.
/// </summary>
internal sealed class OneShotEndpoints(FaultOptions options, FaultGuard guard, TimeProvider clock) : IDisposable
{
    private const double LongestSlowMs = 60_000;
    private const double LongestSeconds = 60;

    // One at a time: the caps are per process, not per request.
    private readonly SemaphoreSlim _heavy = new(1, 1);

    public async Task SlowAsync(HttpContext http)
    {
        if (!await guard.RefuseAsync(http) && await NumberAsync(http, "ms", 500, 0, LongestSlowMs) is { } ms)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(ms), clock, http.RequestAborted);
            await AnswerAsync(http, new OneShotAnswer("slow", Ms: ms));
        }
    }

    public async Task ErrorAsync(HttpContext http)
    {
        if (!await guard.RefuseAsync(http) && await NumberAsync(http, "status", 500, 400, 599) is { } status)
        {
            await Problem.WriteAsync(http, (int)status, "This is the error that was asked for.");
        }
    }

    public async Task CpuAsync(HttpContext http)
    {
        if (!await guard.RefuseAsync(http)
            && await NumberAsync(http, "cores", Math.Min(1, options.Caps.Cores), 0.1, options.Caps.Cores) is { } cores
            && await NumberAsync(http, "seconds", 1, 0, LongestSeconds) is { } seconds)
        {
            await HoldAsync(
                http,
                () => new CpuBurn(cores, 1, clock),
                seconds,
                new OneShotAnswer("cpu", Cores: cores, Seconds: seconds));
        }
    }

    public async Task MemoryAsync(HttpContext http)
    {
        if (!await guard.RefuseAsync(http)
            && await NumberAsync(http, "mb", Math.Min(50, options.Caps.MemoryMb), 1, options.Caps.MemoryMb) is { } mb
            && await NumberAsync(http, "seconds", 1, 0, LongestSeconds) is { } seconds)
        {
            await HoldAsync(
                http,
                () => new MemoryLeak(mbPerSecond: mb * 100, capMb: mb, clock),
                seconds,
                new OneShotAnswer("memory", Mb: mb, Seconds: seconds));
        }
    }

    public void Dispose() => _heavy.Dispose();

    private async Task HoldAsync(HttpContext http, Func<IDisposable> start, double seconds, OneShotAnswer answer)
    {
        if (!await _heavy.WaitAsync(TimeSpan.Zero))
        {
            http.Response.Headers.RetryAfter = "1";
            await Problem.WriteAsync(http, 429, "One cpu or memory fault is running already.");
            return;
        }

        try
        {
            using var effect = start();
            await Task.Delay(TimeSpan.FromSeconds(seconds), clock, http.RequestAborted);
        }
        finally
        {
            _heavy.Release();
        }

        await AnswerAsync(http, answer);
    }

    private static async Task<double?> NumberAsync(
        HttpContext http,
        string name,
        double otherwise,
        double min,
        double max)
    {
        var text = http.Request.Query[name].ToString();
        if (text.Length == 0)
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }

        await Problem.WriteAsync(http, 400, string.Create(
            CultureInfo.InvariantCulture, $"{name} is '{text}': it must be a number from {min} to {max}."));
        return null;
    }

    private static Task AnswerAsync(HttpContext http, OneShotAnswer answer) =>
        JsonAnswer.WriteAsync(http, answer, ApiJson.Plain.OneShotAnswer);
}

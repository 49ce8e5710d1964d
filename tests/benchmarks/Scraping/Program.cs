using System.Diagnostics;
using System.Globalization;
using Rollouts.benchmarks.Scraping;

// What scraping and judging many pods takes: how many fit into the default budget, processor time, resident memory with
// the heap of a container of 512 MiB. Pods and judge are processes of their own, so that each is measured by itself.
const long Heap = 384L * 1024 * 1024;

switch (args)
{
    case ["pods", var kind]:
        await new PodServer(kind).ServeAsync();
        return 0;
    case ["judge", var kind, var port, var pods, var rounds]:
        return await new Fleet(Number(port), Number(pods)).RunAsync(kind, Number(rounds), mayFail: kind == "endless");
    case []:
        break;
    default:
        await Console.Error.WriteLineAsync("usage: Scraping.Benchmarks");
        return 2;
}

var bodies = (Bodies.Service(500, 1), Bodies.Service(2_000, 1));
Room.Measure("a quarter of the series are of requests", _ => bodies.Item1);
Room.Measure("all series are of requests", _ => bodies.Item2);
Room.Measure("each pod puts its name into every series", pod => Bodies.Service(500, 1, $"shop-7c9f4-{pod}"));
return await JudgeAsync("service", pods: 2_000, rounds: 6)
    + await JudgeAsync("service", pods: 17, rounds: 60)
    + await JudgeAsync("requests", pods: 2_000, rounds: 6)
    + await JudgeAsync("named", pods: 500, rounds: 4)
    + await JudgeAsync("endless", pods: 17, rounds: 20);

static async Task<int> JudgeAsync(string kind, int pods, int rounds)
{
    using var server = Start(["pods", kind], heap: null);
    try
    {
        var port = await server.StandardOutput.ReadLineAsync();
        using var judge = Start(
            ["judge", kind, port!, $"{pods}", rounds.ToString(CultureInfo.InvariantCulture)],
            Heap.ToString("X", CultureInfo.InvariantCulture));
        Console.Write(await judge.StandardOutput.ReadToEndAsync());
        await judge.WaitForExitAsync();
        return judge.ExitCode == 0 ? 0 : 1;
    }
    finally
    {
        server.Kill();
    }
}

static Process Start(string[] arguments, string? heap)
{
    var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
    if (heap is not null)
    {
        start.Environment["DOTNET_GCHeapHardLimit"] = heap;
    }

    return Process.Start(start)!;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

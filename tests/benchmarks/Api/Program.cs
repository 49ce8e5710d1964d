using System.Globalization;
using Rollouts.benchmarks.Api;

return await (args switch
{
    ["bare", var url] => BareKestrel.ServeAsync(url),
    [var api] => new Comparison(api, rounds: 5, seconds: 2).RunAsync(),
    [var api, var rounds, var seconds] => new Comparison(
        api,
        int.Parse(rounds, CultureInfo.InvariantCulture),
        double.Parse(seconds, CultureInfo.InvariantCulture)).RunAsync(),
    _ => HelpAsync(),
});

static async Task<int> HelpAsync()
{
    await Console.Error.WriteLineAsync("usage: Api.Benchmarks PUBLISHED_API_PROGRAM [ROUNDS SECONDS]");
    return 1;
}

using System.Net.Sockets;
using System.Reflection;
using Rollouts.Api.Faults;
using Rollouts.Api.Health;
using Rollouts.Api.Settings;

namespace Rollouts.Api;

/// <summary>The verbs of the program: serve (none), <c>hc</c>, <c>--version</c> and <c>--help</c>.</summary>
internal static class ApiProgram
{
    private static string Version =>
        typeof(ApiProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        switch (arguments)
        {
            case []:
                return await ServeAsync(errors);
            case ["--help" or "-h"] or ["hc", "--help" or "-h"]:
                await output.WriteLineAsync(HelpText.Write());
                return 0;
            case ["--version"] or ["hc", "--version"]:
                await output.WriteLineAsync($"api {Version}");
                return 0;
            case ["hc", var address] when SelfProbe.TargetOf(address) is { } target:
                return await SelfProbe.RunAsync(target, errors);
            case ["hc", ..]:
                var given = string.Join(' ', arguments[1..]);
                await errors.WriteLineAsync(
                    $"api: hc wants one [HOST:]PORT, port 1 to 65535, and there is '{given}'; try 'api --help'");
                return 1;
            default:
                await errors.WriteLineAsync(
                    $"api: unknown arguments '{string.Join(' ', arguments)}'; try 'api --help'");
                return 1;
        }
    }

    private static async Task<int> ServeAsync(TextWriter errors)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .Build();
        var (options, problems) = ApiOptions.Read(configuration, TimeProvider.System.GetUtcNow());
        if (options is null)
        {
            foreach (var problem in problems)
            {
                await errors.WriteLineAsync($"api: {problem}");
            }

            return 1;
        }

        await using var app = ApiHost.Build(options, TimeProvider.System, ProcessEnd.Abrupt);
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (Exception wrong) when (wrong is IOException or SocketException)
        {
            await errors.WriteLineAsync($"api: cannot listen on {string.Join(", ", options.Urls)}: {wrong.Message}");
            return 1;
        }
    }
}

using System.Text.Json.Nodes;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests;

/// <summary>The program as it is shipped: a process with variables, signals and exit codes.</summary>
public sealed class ProgramTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "api");

    [Fact]
    public async Task Help_is_printed_and_unknown_arguments_are_refused()
    {
        var (helped, help) = await ChildProcess.RunAsync(Program, ["--help"]);
        var (refused, error) = await ChildProcess.RunAsync(Program, ["--port", "1"]);

        Assert.Equal(0, helped);
        Assert.StartsWith("api: the sample API for canary drills", help, StringComparison.Ordinal);
        Assert.Equal((1, "api: unknown arguments '--port 1'; try 'api --help'\n"), (refused, error));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("hc --version")]
    public async Task The_version_is_printed_with_the_name(string line)
    {
        var (exitCode, output) = await ChildProcess.RunAsync(Program, line.Split(' '));

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^api \d+\.\d+\.\d+\n$", output);
    }

    [Theory]
    [InlineData("hc", "")]
    [InlineData("hc x", "x")]
    [InlineData("hc 0", "0")]
    [InlineData("hc 80 81", "80 81")]
    public async Task A_self_probe_of_nothing_says_what_it_wants(string line, string given)
    {
        var (exitCode, output) = await ChildProcess.RunAsync(Program, line.Split(' '));

        Assert.Equal(
            (1, $"api: hc wants one [HOST:]PORT, port 1 to 65535, and there is '{given}'; try 'api --help'\n"),
            (exitCode, output));
    }

    [Fact]
    public async Task Wrong_settings_are_told_all_at_once_and_nothing_starts()
    {
        var (exitCode, output) = await ChildProcess.RunAsync(
            Program, [], new Dictionary<string, string> { ["LOG_LEVEL"] = "loud", ["DEMO_SEED"] = "x" });

        Assert.Equal(1, exitCode);
        Assert.Equal(
            "api: LOG_LEVEL: 'loud' is none of verbose|debug|information|warning|error|fatal\n"
            + "api: DEMO_SEED: 'x' is not a whole number\n",
            output);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_1()
    {
        await using var taken = await ApiInstance.StartAsync();
        var url = taken.Address.ToString().TrimEnd('/');
        var (exitCode, output) = await ChildProcess.RunAsync(
            Program, [], new Dictionary<string, string> { ["ASPNETCORE_URLS"] = url, ["LOG_LEVEL"] = "fatal" });

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"api: cannot listen on {url}: ", output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task The_self_probe_knows_a_healthy_pod_from_an_unhealthy_and_an_absent_one()
    {
        await using var api = await ApiInstance.StartAsync();
        var port = $"{api.Address.Port}";

        Assert.Equal(0, await RunAsync("hc", port));
        Assert.Equal(0, await RunAsync("hc", $"localhost:{port}"));
        Assert.Equal(1, await RunAsync("hc", $"nobody.invalid:{port}"));
        Assert.Equal(1, await RunAsync("hc", "localhost:"));
        await api.SwitchOnAsync("unhealthy");
        var unhealthy = await ChildProcess.RunAsync(Program, ["hc", port]);
        Assert.Equal((1, $"api: 127.0.0.1:{port} answers 'HTTP/1.1 503', wanted HTTP/1.1 200\n"), unhealthy);
        Assert.Equal(1, await RunAsync("hc", $"{FreePort.Take()}"));
    }

    [Fact]
    public async Task The_log_is_one_json_object_a_line_with_the_id_and_the_trace_of_the_request()
    {
        await using var api = await RunningApi.StartAsync("REQUEST_LOG=all");
        using var response = await api.SendAsync(
            "/api/version",
            "X-Request-ID: r-42",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        await Until.TrueAsync(
            () => Task.FromResult(api.Output.Contains("r-42", StringComparison.Ordinal)),
            "the line is there");

        var lines = api.Output.Trim().Split('\n').Select(line => JsonNode.Parse(line)!).ToArray();
        var request = lines.Single(line => line["Properties"]!["RequestId"] is not null);
        Assert.Matches(@"^.GET. ./api/version. 200 \d+\.\d ms$", request.Text("RenderedMessage"));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", request["Properties"]!.Text("TraceId"));
        Assert.Equal(("v9", "pod-9"), (request["Properties"]!.Text("Version"), request["Properties"]!.Text("Pod")));
    }

    [Fact]
    public async Task By_default_only_requests_that_fail_are_logged()
    {
        await using var api = await RunningApi.StartAsync("DEMO_FAULTS_ENABLED=true");
        using var well = await api.SendAsync("/api/version", "X-Request-ID: well");
        using var ill = await api.SendAsync("/demo/error?status=503", "X-Request-ID: ill");
        await Until.TrueAsync(
            () => Task.FromResult(api.Output.Contains("\"ill\"", StringComparison.Ordinal)),
            "the line is there");

        Assert.DoesNotContain("\"well\"", api.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_ends_it_in_order_with_exit_code_0()
    {
        await using var api = await RunningApi.StartAsync("LOG_FORMAT=text");

        Assert.Equal(0, await api.TerminateAsync());
        Assert.Contains("Application is shutting down", api.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_is_abrupt_with_exit_code_134()
    {
        await using var api = await RunningApi.StartAsync(
            "DEMO_FAULTS_ENABLED=true",
            "DEMO_FAULT_CRASH=afterSeconds=1");

        Assert.Equal(134, await api.WaitAsync());
        Assert.Contains("demo fault 'crash' is switched on", api.Output, StringComparison.Ordinal);
    }

    private static async Task<int> RunAsync(params string[] arguments) =>
        (await ChildProcess.RunAsync(Program, arguments)).ExitCode;

    private sealed class RunningApi(ChildProcess process, Uri address) : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { BaseAddress = address };

        public string Output => process.Output;

        public static async Task<RunningApi> StartAsync(params string[] settings)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort.Take()}");
            var environment = settings
                .Select(setting => setting.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair[1]);
            environment["ASPNETCORE_URLS"] = address.ToString().TrimEnd('/');
            environment["APP_VERSION"] = "v9";
            environment["POD_NAME"] = "pod-9";
            var api = new RunningApi(ChildProcess.Start(Program, [], environment), address);
            await Until.TrueAsync(api.IsLiveAsync, "it is live", 30);
            return api;
        }

        public async Task<HttpResponseMessage> SendAsync(string path, params string[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            foreach (var header in headers)
            {
                request.Headers.TryAddWithoutValidation(header.Split(':')[0], header.Split(':', 2)[1].Trim());
            }

            return await _http.SendAsync(request, TestContext.Current.CancellationToken);
        }

        public Task<int> WaitAsync() => process.WaitAsync();

        public async Task<int> TerminateAsync()
        {
            await process.SignalAsync("TERM");
            return await process.WaitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await process.DisposeAsync();
        }

        private async Task<bool> IsLiveAsync()
        {
            Assert.False(process.HasExited, process.Output);
            try
            {
                using var response = await SendAsync("/health/live");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}

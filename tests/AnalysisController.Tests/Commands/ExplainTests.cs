using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Commands.Explain;

namespace Rollouts.AnalysisController.Tests.Commands;

public sealed class ExplainTests : IDisposable
{
    private const string Histogram = """
        # TYPE http_request_duration_seconds histogram
        http_request_duration_seconds_bucket{status="200",path="root",le="0.1"} 90
        http_request_duration_seconds_bucket{status="200",path="root",le="1"} 95
        http_request_duration_seconds_bucket{status="200",path="root",le="+Inf"} 95
        http_request_duration_seconds_count{status="200",path="root"} 95
        http_request_duration_seconds_count{status="500",path="root"} 5
        http_request_duration_seconds_count{status="200",path="healthz"} 50

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("explain-").FullName;

    [Fact]
    public async Task A_file_is_read_as_the_judge_would_and_what_was_passed_over_is_told()
    {
        var file = Write("a.txt", Histogram + "http_requests_total{status=\"200\"} 145\n");

        var (exitCode, output, _) = await ExplainAsync("--file", file);

        Assert.Equal(0, exitCode);
        Assert.Equal(
            $"""
            {file}
              judged by  the defaults of the judge

            {file}:
              profile     Podinfo, by http_request_duration_seconds_count
              not         FastApi (saw http_requests_total): its series lack a label of handler, status
              not         Promhttp (saw http_requests_total): its series lack a label of method, code
              routes      root
              left out    healthz
              METRIC        THERE  READS
              errors        yes    http_request_duration_seconds_count by status: 5 server errors in 100 requests so far
              lat_p50       yes    http_request_duration_seconds_bucket: 2 boundaries, 0.1 to 1 s
              lat_p90       yes    http_request_duration_seconds_bucket: 2 boundaries, 0.1 to 1 s
              lat_p99       yes    http_request_duration_seconds_bucket: 2 boundaries, 0.1 to 1 s
              health        -      the pod's health endpoint
              restarts      -      the pod's status
              clientErrors  yes    http_request_duration_seconds_count by status: 0 client errors in 100 requests so far
            """,
            output
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("# HELP nothing Nothing yet.\n")]
    public async Task A_file_without_a_metric_is_bad_input_and_not_a_service_without_requests(string text)
    {
        var file = Write("empty.txt", text);

        var (exitCode, _, errors) = await ExplainAsync("--file", file);

        Assert.Equal(2, exitCode);
        Assert.Equal($"explain: {file}: there is no metric in it; want what a pod answers to GET /metrics", errors);
    }

    [Fact]
    public async Task Standard_input_cannot_be_both_files()
    {
        var (exitCode, _, errors) = await ExplainAsync("--file", "-", "--canary-file", "-");

        Assert.Equal((2, "explain: standard input cannot be both files; name one of them"), (exitCode, errors));
    }

    [Fact]
    public async Task Two_files_of_one_framework_can_be_compared()
    {
        var file = Write("a.txt", Histogram);

        var (exitCode, output, _) = await ExplainAsync("--file", file, "--canary-file", file, "-o", "json");

        Assert.Equal(0, exitCode);
        var json = JsonNode.Parse(output)!;
        Assert.True((bool)json["complete"]!);
        Assert.True((bool)json["comparison"]!["compatible"]!);
        Assert.Equal(["stable", "canary"], json["sources"]!.AsArray().Select(source => (string?)source!["arm"]));
    }

    [Fact]
    public async Task Two_frameworks_cannot_be_compared_and_the_exit_code_says_so()
    {
        var stable = Write("a.txt", Histogram);
        var canary = Write("b.txt", "http_requests_received_total{code=\"200\"} 1\n");

        var (exitCode, output, _) = await ExplainAsync("--file", stable, "--canary-file", canary);

        Assert.Equal(1, exitCode);
        Assert.EndsWith(
            "ProfileMismatch: stable exports Podinfo, canary exports PrometheusNet",
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Histograms_with_other_boundaries_are_compared_at_the_common_ones()
    {
        var stable = Write("a.txt", Histogram);
        var canary = Write("b.txt", Histogram.Replace("0.1", "0.2", StringComparison.Ordinal));

        var (exitCode, output, _) = await ExplainAsync("--file", stable, "--canary-file", canary);

        Assert.Equal(0, exitCode);
        Assert.EndsWith("at the common boundaries only: 1 s", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Latency_that_is_missing_makes_the_answer_incomplete()
    {
        var file = Write("a.txt", "http_requests_total{code=\"500\",method=\"get\"} 1\n");

        var (exitCode, output, _) = await ExplainAsync("--file", file);

        Assert.Equal(1, exitCode);
        Assert.Contains("NO     http_request_duration_seconds is not exported", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_YAML_it_holds_what_it_holds_as_JSON()
    {
        var file = Write("a.txt", Histogram);

        var (_, output, _) = await ExplainAsync("--file", file, "-o", "yaml");

        Assert.StartsWith($"subject: \"{file}\"\n", output, StringComparison.Ordinal);
        Assert.Contains("\n    profile: \"Podinfo\"\n", output, StringComparison.Ordinal);
        Assert.Contains("\ncomplete: true\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "explain: name a file with --file, or 'explain rollout NAME'")]
    [InlineData("--file /nowhere/a.txt", "explain: /nowhere/a.txt: ")]
    [InlineData("rollout sample --kubeconfig /nowhere/config", "explain: kubeconfig /nowhere/config: ")]
    public async Task Bad_input_is_named_in_one_line(string arguments, string message)
    {
        var (exitCode, output, error) = await ExplainAsync(arguments == "nothing" ? [] : arguments.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n'));
    }

    [Fact]
    public async Task A_file_that_is_no_exposition_is_named_with_the_line()
    {
        var file = Write("a.txt", "up 1\n<html>\n");

        var (exitCode, _, error) = await ExplainAsync("--file", file);

        Assert.Equal(2, exitCode);
        Assert.StartsWith($"explain: {file}: line 2: ", error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int ExitCode, string Output, string Error)> ExplainAsync(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var exitCode = await ExplainCommand.Create().Parse(arguments).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error },
            TestContext.Current.CancellationToken
        );
        return (exitCode, output.ToString().TrimEnd(), error.ToString().TrimEnd());
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}

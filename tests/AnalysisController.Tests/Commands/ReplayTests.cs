using System.Text.Json;

using Rollouts.AnalysisController.Commands.Replay;

namespace Rollouts.AnalysisController.Tests.Commands;

public sealed class ReplayTests
{
    [Fact]
    public async Task One_interval_never_decides_and_the_fourth_does()
    {
        var (code, lines, _) = await Replay(Failing(4));
        Assert.Equal(1, code);
        Assert.Equal(["Continue", "Continue", "Continue", "Abort"],
            lines.Select(line => line.GetProperty("verdict").GetString()));
        var last = lines[^1];
        Assert.Equal(40, last.GetProperty("t").GetDouble());
        Assert.Equal("WorseThanStable", last.GetProperty("reason").GetString());
        Assert.StartsWith("WorseThanStable: errors (5xx) 28 % of 200 requests on the canary",
            last.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            .28, last.GetProperty("metrics").GetProperty("errors").GetProperty("canaryValue").GetDouble(), 1e-12);
        Assert.True(last.GetProperty("metrics").GetProperty("errors").GetProperty("ratioLower").GetDouble() > 1);
    }

    [Fact]
    public async Task Bounds_appear_at_each_interval_only_when_asked_for()
    {
        var (_, plain, _) = await Replay(Failing(2));
        var (_, every, _) = await Replay(Failing(2), new ReplayOptions(Bounds: ReplayBounds.Every));
        Assert.False(plain[0].GetProperty("metrics").GetProperty("errors").TryGetProperty("diffLower", out _));
        Assert.True(every[0].GetProperty("metrics").GetProperty("errors").TryGetProperty("diffLower", out _));
    }

    [Fact]
    public async Task New_step_restarts_the_deadline_and_keeps_the_evidence()
    {
        var (code, lines, _) = await Replay("""
        {"kind":"spec","metrics":["errors"],"deadlineSeconds":30}
        {"kind":"interval","t":20,"canary":{"c":{"requests":9,"errors":9}},"stable":{"s":{"requests":90,"errors":0}}}
        {"kind":"step","t":20}
        {"kind":"interval","t":40,"canary":{"c":{"requests":9,"errors":0}},"stable":{"s":{"requests":90,"errors":0}}}
        {"kind":"interval","t":50,"canary":{"c":{"requests":9,"errors":0}},"stable":{"s":{"requests":90,"errors":0}}}
        """);
        Assert.Equal(
            ["Continue", "Continue", "Inconclusive"], lines.Select(line => line.GetProperty("verdict").GetString()));
        Assert.Equal(3, code);
        Assert.Equal(lines[0].GetProperty("logTotal").GetDouble(), lines[1].GetProperty("logTotal").GetDouble(), 1e-9);
        Assert.Equal(0, lines[1].GetProperty("metrics").GetProperty("errors").GetProperty("canaryValue").GetDouble());
    }

    [Fact]
    public async Task Setting_of_one_metric_changes_the_policy()
    {
        var (code, lines, _) = await Replay(
            Failing(5), new ReplayOptions(Settings: ["errors.action=Hold", "alpha=0.02"]));
        Assert.Equal(4, code);
        Assert.Equal("Held", lines[^1].GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("""{"kind":"verdict"}""", "kind is \"verdict\"; spec, interval, step or scrape is expected")]
    [InlineData("""{"t":1}""", "an object with a field kind is expected")]
    [InlineData("""{"kind":"interval","t":10,"canary":{},"stable":{"s":{"requests":1.5}}}""",
        "stable.s.requests is 1.5; a whole number up to 2^53 is expected")]
    [InlineData("""{"kind":"interval","t":10,"canary":{},"stable":{"s":{"requests":1,"errors":2}}}""",
        "stable.s.errors is 2, more than 1 requests")]
    [InlineData("""{"kind":"interval","t":10,"canary":{"c":{"buckets":[1,2]}},"stable":{"s":{"buckets":[1,2,3]}}}""",
        "s.buckets has 3 entries, another pod's has 2")]
    [InlineData("""{"kind":"interval","t":10,"canary":{"c":{"buckets":[3,2]}},"stable":{}}""",
        "canary.c.buckets[1] is 2, below 3 before it; cumulative counts do not fall")]
    [InlineData("""{"kind":"interval","t":0,"canary":{},"stable":{}}""",
        "time goes back: t is 0 s, the line before was at 5 s")]
    [InlineData("""{"kind":"interval","t":-1,"canary":{},"stable":{}}""", "t is -1 s; 0 to 1e10 s is expected")]
    [InlineData("""{"kind":"interval","canary":{},"stable":{}}""", "t is missing")]
    [InlineData("""{"kind":"step","t":-1}""", "t is missing or no number of seconds from 0 to 1e10")]
    [InlineData("""{"kind":"step","t":1e300}""", "t is missing or no number of seconds from 0 to 1e10")]
    [InlineData("""{"kind":"interval","t":10,"canary":{"c":{"request":1}},"stable":{}}""",
        "canary.c.request is not known; one of requests, errors, clientErrors, buckets, health, restarts, classes, "
        + "ratios, histograms, gauges, memoryLimitBytes is expected")]
    [InlineData("""{"kind":"interval","t":10,"canary":{"c":{"requests":1,"requests":2}},"stable":{}}""",
        "not JSON: Duplicate property 'requests' encountered during deserialization.")]
    [InlineData("""{"kind":"interval","t":10,"canary":{"c":{"requests":NaN}},"stable":{}}""",
        "not JSON: 'N' is an invalid start of a value. It is at byte 53 of the line.")]
    [InlineData("""{"kind":"spec"}""", "the spec comes before all evidence, and once")]
    [InlineData("""{"kind":"scrape","at":"2026-01-01T00:00:00Z","pod":"c","arm":"canary"}""",
        "intervals and scrapes do not mix in one file")]
    public async Task Bad_line_is_named_and_nothing_is_judged_after_it(string line, string problem)
    {
        var good = """{"kind":"interval","t":5,"canary":{},"stable":{}}""";
        var later = """{"kind":"interval","t":100,"canary":{},"stable":{}}""";
        var (code, lines, errors) = await Replay($"{good}\n{line}\n{later}");
        Assert.Equal(2, code);
        Assert.Single(lines);
        Assert.Equal($"replay: line 2: {problem}", errors.TrimEnd());
    }

    [Theory]
    [InlineData("inCrashLoop", "1", "inCrashLoop is 1; true or false is expected")]
    [InlineData("memoryLimitBytes", "\"1Gi\"", "memoryLimitBytes is \"1Gi\"; a whole number of bytes is expected")]
    [InlineData("metrics", "5", "metrics is 5; text or null is expected")]
    [InlineData("restartCount", "-1", "restartCount is -1; a whole number from 0 is expected")]
    [InlineData("health", "\"ill\"", "health is \"ill\"; \"pass\", \"warn\", \"fail\" or null is expected")]
    [InlineData("readyAt", "\"soon\"", "readyAt is missing or no instant such as 2026-01-01T00:00:05Z")]
    public async Task Scrape_with_a_field_of_another_kind_is_refused(string field, string value, string problem)
    {
        var (code, _, errors) = await Replay(
            $$"""{"kind":"scrape","at":"2026-01-01T00:00:00Z","pod":"c","arm":"canary","{{field}}":{{value}}}""");
        Assert.Equal((2, $"replay: line 1: {problem}"), (code, errors.TrimEnd()));
    }

    [Theory]
    [InlineData("", 2, "replay: the input holds nothing to judge: no line of kind interval or scrape")]
    [InlineData("""{"kind":"step","t":1}""", 2,
        "replay: the input holds nothing to judge: no line of kind interval or scrape")]
    [InlineData("""{"kind":"spec","alpha":0.02}""", 4, "")]
    public async Task Input_without_evidence_is_refused_unless_it_is_a_spec_to_be_checked(
        string input, int code, string problem)
    {
        var (actual, lines, errors) = await Replay(input);
        Assert.Equal((code, problem), (actual, errors.TrimEnd()));
        Assert.Empty(lines);
    }

    [Fact]
    public async Task Byte_order_mark_before_the_first_line_is_passed_over()
    {
        var (code, lines, _) = await Replay('\uFEFF' + Failing(4));
        Assert.Equal((1, 4), (code, lines.Length));
    }

    [Fact]
    public async Task Problem_of_an_option_names_the_option_and_one_of_the_spec_its_line()
    {
        var options = new ReplayOptions(
            Settings: ["errors.margin=9", "speed.gate=0", "beta", "alpha=0.02"]);
        var (code, lines, errors) = await Replay(
            """{"kind":"spec","alpha":7,"deadlineSeconds":1,"metrics":["errors"]}""", options);
        Assert.Equal(2, code);
        Assert.Empty(lines);
        Assert.Equal(
            """
            replay: line 1: deadlineSeconds is 1; a number in [10, 2592000] is expected
            replay: --set errors.margin=9: metrics[0].margin is 9; a number in (0, 1] is expected
            replay: --set speed.gate=0: the spec judges no metric speed
            replay: --set beta: field=value or metric.field=value is expected
            """,
            errors.TrimEnd());
    }

    [Fact]
    public async Task Preset_stands_instead_of_the_spec_line_that_a_journal_has_every_field_in()
    {
        const string Journal = """{"kind":"spec","minimumStepSeconds":5,"deadlineSeconds":600,"metrics":["errors"]}""";

        var (code, _, errors) = await Replay(Journal, new ReplayOptions(Preset: "slow"));
        Assert.Equal(2, code);
        Assert.Equal(
            "replay: --preset slow: preset is \"slow\"; one of default, fast, strict is expected", errors.TrimEnd());
        Assert.Equal(4, (await Replay(Journal, new ReplayOptions(Preset: "strict"))).Code);
    }

    [Fact]
    public async Task Step_among_scrapes_is_given_as_an_instant_or_in_seconds_and_never_goes_back()
    {
        string Text(string step) => string.Join('\n',
            JsonLine(0, "c0", "canary", ""), JsonLine(20, "c0", "canary", ""), step, JsonLine(30, "c0", "canary", ""));
        Assert.Equal(4, (await Replay(Text("""{"kind":"step","t":20}"""))).Code);
        Assert.Equal(4, (await Replay(Text("""{"kind":"step","at":"1970-01-01T00:00:20Z"}"""))).Code);
        var (code, _, errors) = await Replay(Text("""{"kind":"step","t":19}"""));
        Assert.Equal(2, code);
        Assert.StartsWith("replay: line 3: time goes back: the step is at 1970-01-01T00:00:19", errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_of_a_spec_is_told_at_once()
    {
        var (code, lines, errors) =
            await Replay(
                """{"kind":"spec","alpha":2,"warmUpSeconds":"soon","metrics":["errors","speed"],"colour":1}""");
        Assert.Equal(2, code);
        Assert.Empty(lines);
        Assert.Contains("alpha is 2; a number in (0, 0.5] is expected", errors, StringComparison.Ordinal);
        Assert.Contains(
            "warmUpSeconds is \"soon\"; a number in [0, 3600] is expected", errors, StringComparison.Ordinal);
        Assert.Contains("metrics[1] is \"speed\"", errors, StringComparison.Ordinal);
        Assert.Contains("colour is not a field of the spec", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_scrapes_are_differenced_as_the_controller_does()
    {
        string Scrape(int second, string pod, string arm, int good, int bad) => JsonLine(second, pod, arm, $$"""
            # TYPE http_requests_total counter
            http_requests_total{code="200"} {{good}}
            http_requests_total{code="500"} {{bad}}

            """);
        var text = string.Join('\n', Enumerable.Range(0, 13).SelectMany(i => new[]
        {
            Scrape(5 * i, "c0", "canary", 1000 + (20 * i), 30 * i),
            Scrape(5 * i, "s0", "stable", 9000 + (500 * i), i / 4),
        }));
        var (code, lines, _) = await Replay(text, new ReplayOptions(Settings: ["metrics=[\"errors\"]"]));
        Assert.Equal(1, code);
        Assert.Equal([10, 20, 30, 40, 50, 60], lines.Select(line => line.GetProperty("t").GetDouble()));
        Assert.Equal("Abort", lines[4].GetProperty("verdict").GetString());
        Assert.Equal(
            .6, lines[0].GetProperty("metrics").GetProperty("errors").GetProperty("canaryValue").GetDouble(), 1e-12);
    }

    [Theory]
    [InlineData(4, "10 20")]
    [InlineData(3, "10 15")]
    public async Task Scrapes_give_a_line_an_interval_and_one_more_for_a_verdict_after_the_last(int last, string times)
    {
        string Scrape(int second, string pod, string arm, int requests) => JsonLine(second, pod, arm, $$"""
            # TYPE http_requests_total counter
            http_requests_total{code="200"} {{requests}}

            """);
        var text = string.Join('\n', Enumerable.Range(0, last + 1).SelectMany(i => new[]
        {
            Scrape(5 * i, "c0", "canary", 10_000 * i), Scrape(5 * i, "s0", "stable", 90_000 * i),
        }));
        var (code, lines, _) = await Replay(
            text, new ReplayOptions(Settings: ["metrics=[\"errors\"]", "minimumStepSeconds=15"]));
        Assert.Equal(0, code);
        Assert.Equal(times, string.Join(' ', lines.Select(line => line.GetProperty("t").GetDouble())));
        Assert.Equal(["Continue", "Pass"], lines.Select(line => line.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task Pod_without_a_line_in_a_round_was_missed_and_its_next_increase_covers_the_gap()
    {
        string Scrape(int second, string pod, string arm, int requests) => JsonLine(second, pod, arm, $$"""
            # TYPE http_requests_total counter
            http_requests_total{code="200"} {{requests}}

            """);
        var text = string.Join('\n', Enumerable.Range(0, 5).SelectMany(i => new[]
        {
            i == 2 ? "" : Scrape(10 * i, "c0", "canary", 51 * i), Scrape(10 * i, "s0", "stable", 900 * i),
        }));
        var (_, lines, _) = await Replay(text, new ReplayOptions(Settings: ["metrics=[\"errors\"]"]));
        Assert.Equal([10, 20, 30, 40], lines.Select(line => line.GetProperty("t").GetDouble()));
        Assert.Contains("0 % of 204 requests on the canary", lines[3].GetProperty("message").GetString()!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_ends_with_the_verdict_and_its_message()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var input = new StringReader(Failing(5));
        var code = await ReplayRun.ExecuteAsync(
            input, output, errors, new ReplayOptions(Format: ReplayFormat.Table),
                TestContext.Current.CancellationToken);
        Assert.Equal(1, code);
        Assert.Contains("Abort         WorseThanStable", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nAbort  WorseThanStable: errors (5xx)", output.ToString(), StringComparison.Ordinal);
    }

    private static string Failing(int intervals) => string.Join('\n', Enumerable.Range(1, intervals)
        .Select(i =>
        ("""{"t":T,"kind":"interval","canary":{"c":{"requests":50,"errors":14}},"""
            + """ "stable":{"s":{"requests":950,"errors":1}}}""")
            .Replace("T", $"{10 * i}", StringComparison.Ordinal))
        .Prepend("""{"kind":"spec","metrics":["errors"]}"""));

    private static string JsonLine(int second, string pod, string arm, string metrics)
    {
        var at = DateTimeOffset.UnixEpoch.AddSeconds(second).ToString("O");
        var body = JsonEncodedText.Encode(metrics);
        return $$"""{"kind":"scrape","at":"{{at}}","pod":"{{pod}}","arm":"{{arm}}","metrics":"{{body}}"}""";
    }

    private static async Task<(int Code, JsonElement[] Lines, string Errors)> Replay(
        string text, ReplayOptions? options = null)
    {
        using var input = new StringReader(text);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code =
            await ReplayRun.ExecuteAsync(input, output, errors, options
                ?? new ReplayOptions(), TestContext.Current.CancellationToken);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }).ToArray();
        return (code, lines, errors.ToString());
    }
}

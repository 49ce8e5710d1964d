using System.Collections.Immutable;
using System.Text;

namespace Rollouts.Exposition.Tests;

public sealed class ExpositionReaderTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    [Fact]
    public void A_small_service_is_read_family_by_family_in_order()
    {
        var families = Families("""
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000
            # A comment that says nothing.
            # TYPE rpc_seconds histogram
            rpc_seconds_bucket{le="0.05"} 24054
            rpc_seconds_bucket{le="+Inf"} 144320
            rpc_seconds_sum 53423
            rpc_seconds_count 144320
            something_weird{problem="division by zero"} +Inf -3982045
            """);

        Assert.Equal(["http_requests_total", "rpc_seconds", "something_weird"], families.Select(f => f.Name));
        Assert.Equal([MetricType.Counter, MetricType.Histogram, MetricType.Untyped], families.Select(f => f.Type));
        Assert.Equal("The total number of HTTP requests.", families[0].Help);
        Assert.Equal(1027, families[0].Samples[0].Value);
        Assert.Equal("400", families[0].Samples[1].Labels["code"]);
        Assert.Equal(
            ["rpc_seconds_bucket", "rpc_seconds_bucket", "rpc_seconds_sum", "rpc_seconds_count"],
            families[1].Samples.Select(s => s.Name));
        Assert.Equal(double.PositiveInfinity, families[2].Samples[0].Value);
        Assert.Null(families[2].Samples[0].Labels["absent"]);
    }

    [Fact]
    public void An_open_metrics_counter_keeps_its_total_and_created_samples_in_one_family()
    {
        var family = Assert.Single(Families(
            """
            # TYPE foo counter
            # UNIT foo bytes
            foo_total{a="b"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.5
            foo_created{a="b"} 1520872607.123
            # EOF
            """,
            OpenMetrics));

        Assert.Equal(("foo", MetricType.Counter), (family.Name, family.Type));
        Assert.Equal(
            [("foo_total", 17.0), ("foo_created", 1520872607.123)],
            family.Samples.Select(s => (s.Name, s.Value)));
    }

    [Theory]
    [InlineData("info", "build_info", MetricType.Gauge)]
    [InlineData("unknown", "build", MetricType.Untyped)]
    [InlineData("stateset", "build", MetricType.Gauge)]
    [InlineData("gaugehistogram", "build_gcount", MetricType.Untyped)]
    [InlineData("summary", "build_sum", MetricType.Summary)]
    public void Every_open_metrics_type_claims_its_samples(string word, string sample, MetricType type)
    {
        var family = Assert.Single(Families($"# TYPE build {word}\n{sample} 1\n# EOF\n", OpenMetrics));

        Assert.Equal(("build", type, sample), (family.Name, family.Type, family.Samples[0].Name));
    }

    [Fact]
    public void A_created_gauge_in_the_text_format_is_its_own_family()
    {
        var families = Families("""
            # TYPE x_total counter
            x_total 1
            # TYPE x_created gauge
            x_created 1.7e9
            """);

        Assert.Equal(["x_total", "x_created"], families.Select(f => f.Name));
    }

    [Fact]
    public void Interleaved_families_are_put_together()
    {
        var families = Families("a{x=\"1\"} 1\nb 2\na{x=\"2\"} 3\n# TYPE a gauge\na{x=\"3\"} 4\n");

        Assert.Equal(["a", "b"], families.Select(f => f.Name));
        Assert.Equal([1.0, 3.0, 4.0], families[0].Samples.Select(s => s.Value));
        Assert.Equal(MetricType.Gauge, families[0].Type);
    }

    [Fact]
    public void A_declared_family_without_samples_is_kept()
    {
        var family = Assert.Single(Families("# TYPE errors_total counter\n# HELP errors_total Errors.\n"));

        Assert.Empty(family.Samples);
        Assert.Equal("Errors.", family.Help);
    }

    [Fact]
    public void Escapes_are_undone_and_unknown_ones_stay()
    {
        var family = Assert.Single(
            Families("# HELP x a\\\\b\\nc \\q\nx{p=\"C:\\\\DIR\\\\\",e=\"say \\\"no\\\"\\n\\t\",u=\"é\"} 1\n"));

        Assert.Equal("a\\b\nc \\q", family.Help);
        Assert.Equal("C:\\DIR\\", family.Samples[0].Labels["p"]);
        Assert.Equal("say \"no\"\n\\t", family.Samples[0].Labels["e"]);
        Assert.Equal("é", family.Samples[0].Labels["u"]);
    }

    [Theory]
    [InlineData("x{} 1")]
    [InlineData("x { } 1")]
    [InlineData("  x{a=\"b\",} 1")]
    [InlineData("x{ a = \"b\" , c = \"d\" } 1 5 ")]
    [InlineData("x\t1")]
    [InlineData(":x:y_9 1")]
    [InlineData("x 1 # {} 5")]
    [InlineData("#TYPEwriter")]
    [InlineData("# whatever")]
    [InlineData("\n\n")]
    public void Blanks_commas_and_comments_are_read_as_prometheus_reads_them(string line) =>
        Assert.IsType<ExpositionResult.Read>(Read(line));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0.5", -0.5)]
    [InlineData("+7", 7)]
    [InlineData("007", 7)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("123456789012345", 123456789012345)]
    [InlineData("1234567890123456789", 1234567890123456789)]
    [InlineData("0.1234567890123456789", 0.1234567890123456789)]
    [InlineData("1.7560473e+07", 1.7560473e+07)]
    [InlineData("4.9E-324", 4.9E-324)]
    [InlineData("NaN", double.NaN)]
    [InlineData("nan", double.NaN)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("-infinity", double.NegativeInfinity)]
    public void Numbers_are_read_to_the_last_bit(string text, double expected) =>
        Assert.Equal(expected, Families($"x {text}\n")[0].Samples[0].Value);

    [Theory]
    [InlineData("0.05")]
    [InlineData("0.1")]
    [InlineData("9007199254740.93")]
    [InlineData("0.00000000000001")]
    public void The_short_path_for_decimals_agrees_with_the_long_one(string text) =>
        Assert.Equal(
            double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
            Families($"x {text}\n")[0].Samples[0].Value);

    [Theory]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("1e0")]
    public void A_bucket_bound_is_the_same_number_however_it_is_spelled(string le)
    {
        var labels = Families($"x_bucket{{le=\"{le}\"}} 1\n")[0].Samples[0].Labels;

        Assert.True(labels.TryGetNumber("le", out var bound));
        Assert.Equal(1, bound);
        Assert.False(labels.TryGetNumber("ge", out _));
    }

    [Theory]
    [InlineData("1x 2", 1, "expected a metric name, found \"1x 2\"")]
    [InlineData("<html><body>please log in to go on", 1, "expected a metric name, found \"<html><body>please log i\"")]
    [InlineData("a 1\nx", 2, "expected a value, found the end of the line")]
    [InlineData("x y", 1, "\"y\" is not a value")]
    [InlineData("x 1_000", 1, "\"1_000\" is not a value")]
    [InlineData("x 0x1p-2", 1, "\"0x1p-2\" is not a value")]
    [InlineData("x 1e999", 1, "\"1e999\" is not a value")]
    [InlineData("x -", 1, "\"-\" is not a value")]
    [InlineData("x .", 1, "\".\" is not a value")]
    [InlineData("x 1.2.3", 1, "\"1.2.3\" is not a value")]
    [InlineData("x 1\r", 1, "\"1\r\" is not a value")]
    [InlineData("x 1 soon", 1, "\"soon\" is not a timestamp")]
    [InlineData("x 1 2 3", 1, "expected the end of the line, found \"3\"")]
    [InlineData("x{a=\"1\" 1", 1, "expected ',' or '}' after the value of label \"a\", found \"1\"")]
    [InlineData("x{a=\"1\"", 1, "expected ',' or '}' after the value of label \"a\", found the end of the line")]
    [InlineData("x{a=\"1} 1", 1, "the value of label \"a\" is not closed")]
    [InlineData("x{a=\"1\\", 1, "the value of label \"a\" is not closed")]
    [InlineData("x{a} 1", 1, "expected '=' after label \"a\", found \"} 1\"")]
    [InlineData("x{a=1} 1", 1, "expected '\"' to open the value of label \"a\", found \"1} 1\"")]
    [InlineData("x{a:b=\"1\"} 1", 1, "expected a label name, found \"a:b=\"1\"} 1\"")]
    [InlineData("x{,} 1", 1, "expected a label name, found \",} 1\"")]
    [InlineData("x{a=\"1\",a=\"2\"} 1", 1, "label \"a\" appears twice")]
    [InlineData("{\"x.y\"} 1", 1, "expected a metric name, found \"{\"x.y\"} 1\"")]
    [InlineData("# TYPE x chart", 1, "\"chart\" is not a metric type")]
    [InlineData("# TYPE x", 1, "expected a metric type, found the end of the line")]
    [InlineData("# TYPE", 1, "expected a metric name after \"# TYPE\", found the end of the line")]
    [InlineData("# HELP", 1, "expected a metric name after \"# HELP\", found the end of the line")]
    [InlineData("# HELP x-y z", 1, "expected a blank after the metric name of \"# HELP\", found \"-y z\"")]
    [InlineData("# TYPE x gauge twice", 1, "expected the end of the line, found \"twice\"")]
    [InlineData("# TYPE x gauge\n# TYPE x counter", 2, "the family is declared as gauge and as counter")]
    [InlineData("x 1 # nonsense", 1, "expected '{' to open an exemplar, found \"nonsense\"")]
    [InlineData("x 1 # {a=} 1", 1, "expected '\"' to open the value of label \"a\", found \"} 1\"")]
    [InlineData("x 1 # {} z", 1, "\"z\" is not an exemplar value")]
    [InlineData("x 1 # {} 1 z", 1, "\"z\" is not a timestamp")]
    [InlineData("x 1 # {} 1 2 3", 1, "expected the end of the line, found \"3\"")]
    public void A_bad_line_is_named_with_what_was_expected(string body, int line, string message) =>
        Assert.Equal(new ExpositionResult.Malformed(line, message), Read(body));

    [Fact]
    public void Bytes_that_are_not_utf8_are_named_by_their_line() =>
        Assert.Equal(
            new ExpositionResult.Malformed(2, "not valid UTF-8"),
            ExpositionReader.Read([.. "a 1\nb{c=\""u8, 0xFF, .. "\"} 1\n"u8]));

    [Theory]
    [InlineData("x 1\n", 2, "the body ends without \"# EOF\"")]
    [InlineData("# EOF\nx 1\n", 2, "nothing may follow \"# EOF\"")]
    [InlineData("", 1, "the body ends without \"# EOF\"")]
    public void An_open_metrics_body_ends_with_eof_and_with_nothing_else(string body, int line, string message) =>
        Assert.Equal(new ExpositionResult.Malformed(line, message), Read(body, OpenMetrics));

    [Fact]
    public void An_empty_text_body_has_no_families() => Assert.Empty(Families(""));

    [Fact]
    public void Each_limit_holds_just_at_it_and_breaks_just_above()
    {
        var limits = new ReadLimits { MaxSamples = 2, MaxLabels = 2, MaxLabelValueBytes = 3 };
        const string AtTheLimit = "x{a=\"123\",b=\"2\"} 1\ny 2\n";

        Assert.IsType<ExpositionResult.Read>(Read(AtTheLimit, limits: limits));
        Assert.Equal(
            new ExpositionResult.LimitExceeded(ReadLimit.Samples, "", 3, 2),
            Read(AtTheLimit + "z 3\n", limits: limits));
        Assert.Equal(
            new ExpositionResult.LimitExceeded(ReadLimit.Labels, "", 3, 2),
            Read("x{a=\"1\",b=\"2\",c=\"3\"} 1\n", limits: limits));
        Assert.Equal(
            new ExpositionResult.LimitExceeded(ReadLimit.LabelValue, "a", 4, 3),
            Read("x{a=\"1234\"} 1\n", limits: limits));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_line_is_read_alike_after_whatever_line(int seed)
    {
        string[] names = ["a", "ab", "b", "code", "le", "route"];
        string[] values = ["", "1", "10", "1,b=\\\"2", "\\\\", "}", "é"];
        string[] ends = ["}", "}", "}", "}", "}", "} ", ",}", " , }", "", ",b=\"1\"}"];
        var random = new Random(seed);
        var read = 0;
        for (var body = 0; body < 3_000; body++)
        {
            var lines = Enumerable.Range(0, 6).Select(_ => OneOf(["x", "xy"]) + "{" + string.Join(
                ",", Enumerable.Range(0, random.Next(4)).Select(_ => $"{OneOf(names)}=\"{OneOf(values)}\""))
                + OneOf(ends) + " 1\n").ToList();
            var alone = lines.ConvertAll(line => Read(line));

            var together = Read(string.Concat(lines));

            var wrong = alone.FindIndex(result => result is ExpositionResult.Malformed);
            var hint = $"seed {seed}:\n{string.Concat(lines)}\n{together}";
            if (wrong >= 0)
            {
                var message = ((ExpositionResult.Malformed)alone[wrong]).Message;
                Assert.True(new ExpositionResult.Malformed(wrong + 1, message) == together, hint);
                continue;
            }

            var expected = alone.Select(result => ((ExpositionResult.Read)result).Families.Single().Samples.Single());
            var samples = Assert.IsType<ExpositionResult.Read>(together).Families.SelectMany(family => family.Samples);
            Assert.True(expected.ToHashSet().SetEquals(samples), hint);
            read++;
        }

        Assert.InRange(read, 100, 2_900);

        string OneOf(string[] words) => words[random.Next(words.Length)];
    }

    [Theory]
    [InlineData(20261120)]
    public void No_mutation_of_a_good_body_makes_the_reader_throw(int seed)
    {
        var random = new Random(seed);
        var good = Encoding.UTF8.GetBytes(
            "# TYPE a histogram\na_bucket{le=\"0.1\",x=\"é\\n\"} 1 2 # {t=\"1\"} 3 4\na_sum NaN\n# EOF\n");
        for (var i = 0; i < 50_000; i++)
        {
            var body = good.AsSpan(0, random.Next(good.Length + 1)).ToArray();
            for (var change = random.Next(4); change > 0 && body.Length > 0; change--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(i % 2 == 0 ? 256 : 128);
            }

            var result = ExpositionReader.Read(body, i % 3 == 0 ? OpenMetrics : null);
            Assert.True(
                result is ExpositionResult.Read or ExpositionResult.Malformed { Line: > 0, Message.Length: > 0 }
            );
        }
    }

    private static ImmutableArray<MetricFamily> Families(string body, string? contentType = null) =>
        Assert.IsType<ExpositionResult.Read>(Read(body, contentType)).Families;

    private static ExpositionResult Read(string body, string? contentType = null, ReadLimits? limits = null) =>
        ExpositionReader.Read(Encoding.UTF8.GetBytes(body), contentType, limits);
}

using System.Globalization;
using System.Text;

namespace Rollouts.Exposition.Tests;

/// <summary>Whatever comes after what: a reader that remembers reads what one without memory reads.</summary>
public sealed class RepeatedReaderTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private const string Body = """
        # HELP up Whether it is.
        # TYPE up gauge
        up 1
        # TYPE x histogram
        x_bucket{le="0.1",route="/a \"b\""} 3
        x_bucket{le="+Inf",route="/a \"b\""} 4

        x_sum{route="/a \"b\""} 0.25
        x_count{route="/a \"b\""} 4 1395066363000
        y_total{a="1"} 5
        y_total{a="2"}   6

        """;

    [Theory]
    [InlineData(" 3\n", " 30\n")]
    [InlineData(" 4\n", " 4.5e3\n")]
    [InlineData(" 5\n", " NaN\n")]
    [InlineData(" 5\n", " +Inf\n")]
    [InlineData(" 1395066363000", " 1395066363999")]
    [InlineData("0.25\n", "0.25 1395066363000\n")]
    [InlineData("y_total{a=\"1\"} 5\n", "")]
    [InlineData("y_total{a=\"1\"} 5\n", "y_total{a=\"1\"} 5\ny_total{a=\"3\"} 5\n")]
    [InlineData("a=\"1\"", "a=\"3\"")]
    [InlineData("Whether it is", "Whether it was")]
    [InlineData("gauge", "counter")]
    [InlineData("   6\n", "   6")]
    [InlineData("   6\n", "    6\n")]
    [InlineData("   6\n", "   6\nz 1\n")]
    [InlineData("   6\n", "   six\n")]
    [InlineData("   6\n", "   6 # {trace_id=\"a\"} 0.5\n")]
    [InlineData("   6\n", "   6 # {trace_id=\"\u00e9\"} 0.5\n")]
    [InlineData("\n\nx_sum", "\nx_sum")]
    [InlineData("up 1\n", "up 1 \n")]
    [InlineData("up 1\n", "up 1\r\n")]
    public void A_body_that_differs_in_one_place_is_read_as_if_it_were_the_first(string before, string after)
    {
        var changed = Body.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(Body, changed);

        AssertSame([Body, changed, changed, Body, Body], contentType: null);
    }

    [Fact]
    public void An_open_metrics_body_needs_its_end_each_time()
    {
        const string Ended = "# TYPE y counter\ny_total 1 # {trace_id=\"a\"} 0.5\n# EOF\n";

        AssertSame(
            [
                Ended, Ended.Replace("0.5", "0.75", StringComparison.Ordinal), Ended + "y_total 2\n",
                Ended.Replace("# EOF\n", "", StringComparison.Ordinal), Ended, Ended.TrimEnd(),
            ],
            OpenMetrics);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_found_in_what_has_changed()
    {
        var reader = new RepeatedReader();
        Assert.IsType<ExpositionResult.Read>(reader.Read("a 1 # {t=\"x\"} 1\n"u8));

        Assert.Equal(
            new ExpositionResult.Malformed(1, "not valid UTF-8"),
            reader.Read([.. "a 1 # {t=\""u8, 0xff, .. "\"} 1\n"u8]));
    }

    [Fact]
    public void A_limit_holds_for_the_second_body_too()
    {
        var reader = new RepeatedReader(new ReadLimits { MaxSamples = 2 });
        Assert.IsType<ExpositionResult.Read>(reader.Read("a 1\nb 1\n"u8));

        Assert.IsType<ExpositionResult.LimitExceeded>(reader.Read("a 1\nb 1\nc 1\n"u8));
    }

    [Fact]
    public void Series_that_come_again_keep_their_labels()
    {
        var reader = new RepeatedReader();
        var first = Assert.IsType<ExpositionResult.Read>(reader.Read("a{b=\"c\"} 1\n"u8));
        var second = Assert.IsType<ExpositionResult.Read>(reader.Read("a{b=\"c\"} 2\n"u8));

        Assert.Same(first.Families[0].Samples[0].Labels, second.Families[0].Samples[0].Labels);
        Assert.Equal(1, first.Families[0].Samples[0].Value);
        Assert.Equal(2, second.Families[0].Samples[0].Value);
    }

    [Fact]
    public void Families_that_are_not_kept_come_without_samples_and_with_them_when_they_are_asked_for_next()
    {
        const string Two = "# TYPE a gauge\na{b=\"c\"} 1\nz{b=\"c\"} 2\n";
        Func<string, bool>?[] filters = [name => name == "a", null, name => name == "z", _ => false, null];
        var reader = new RepeatedReader();
        foreach (var keeps in filters)
        {
            var read = reader.Read(Encoding.UTF8.GetBytes(Two), contentType: null, keeps);

            Assert.Equal(Shown(Without(ExpositionReader.Read(Encoding.UTF8.GetBytes(Two)), keeps)), Shown(read));
        }
    }

    [Theory]
    [InlineData("z{b=\"c\" 2\n")]
    [InlineData("z{b=\"c\",b=\"d\"} 2\n")]
    [InlineData("z two\n")]
    [InlineData("z 1\nz 1\n")]
    [InlineData("z{b=\"cccc\"} 1\n")]
    public void What_is_not_kept_must_be_right_and_within_its_limits_all_the_same(string line)
    {
        var limits = new ReadLimits { MaxSamples = 2, MaxLabelValueBytes = 3 };
        var body = Encoding.UTF8.GetBytes("a 1\n" + line);

        var read = new RepeatedReader(limits).Read(body, contentType: null, _ => false);

        Assert.IsNotType<ExpositionResult.Read>(read);
        Assert.Equal(ExpositionReader.Read(body, contentType: null, limits), read);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Bodies_that_change_at_random_are_read_alike(int seed)
    {
        var random = new Random(seed);
        var lines = Body.Split('\n').ToList();
        var bodies = new List<string>();
        for (var i = 0; i < 400; i++)
        {
            var at = random.Next(lines.Count);
            switch (random.Next(12))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(at, $"z{random.Next(5)}{{i=\"{random.Next(5)}\"}} {random.Next(9)}");
                    break;
                case 2:
                    (lines[at], lines[0]) = (lines[0], lines[at]);
                    break;
                case 3:
                    lines[at] += (char)random.Next(32, 127);
                    break;
                case 4:
                    lines = [.. Body.Split('\n')];
                    break;
                default:
                    lines[at] = WithAnotherNumber(lines[at], random);
                    break;
            }

            lines.Add("");
            bodies.Add(string.Join('\n', lines));
            lines.RemoveAt(lines.Count - 1);
        }

        AssertSame(bodies, contentType: null, $"seed {seed}");
    }

    private static string WithAnotherNumber(string line, Random random)
    {
        var blank = line.LastIndexOf(' ');
        return blank < 0 || line.StartsWith('#')
            ? line
            : line[..(blank + 1)] + (random.NextDouble() * 1000).ToString("R", CultureInfo.InvariantCulture);
    }

    private static void AssertSame(IEnumerable<string> bodies, string? contentType, string hint = "")
    {
        var reader = new RepeatedReader();
        Func<string, bool>?[] filters = [null, name => name.StartsWith('x'), name => name.Length == 2, _ => false];
        foreach (var (at, body) in bodies.Index())
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            var keeps = filters[at / 7 % filters.Length];
            var expected = Shown(Without(ExpositionReader.Read(bytes, contentType), keeps));
            var actual = Shown(reader.Read(bytes, contentType, keeps));
            Assert.True(expected == actual, $"{hint} body {at}:\n{body}\nwanted\n{expected}\ngot\n{actual}");
        }
    }

    private static ExpositionResult Without(ExpositionResult result, Func<string, bool>? keeps) =>
        result is ExpositionResult.Read read && keeps is not null
            ? new ExpositionResult.Read(
                [.. read.Families.Select(family => keeps(family.Name) ? family : family with { Samples = [] })])
            : result;

    private static string Shown(ExpositionResult result) =>
        result is ExpositionResult.Read read
            ? string.Join('\n', read.Families.Select(family =>
                $"{family.Name} {family.Type} {family.Help}\n" + string.Join('\n', family.Samples.Select(sample =>
                    $"  {sample.Name} {string.Join(',', sample.Labels.All)} "
                    + BitConverter.DoubleToInt64Bits(sample.Value).ToString(CultureInfo.InvariantCulture)))))
            : $"{result}";
}

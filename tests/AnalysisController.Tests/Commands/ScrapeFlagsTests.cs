using System.CommandLine;
using Rollouts.AnalysisController.Commands;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Commands;

public sealed class ScrapeFlagsTests
{
    private const string Pin = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

    [Fact]
    public void Without_flags_the_defaults_of_the_limits_hold() =>
        Assert.Equal(new ScrapeOptions(), ScrapeFlags.Read(Parse()));

    [Fact]
    public void Every_limit_is_read()
    {
        var arguments = Parse(
            "--scrape-timeout=1.5s",
            "--scrape-body-limit=2Mi", "--scrape-sample-limit=7", "--scrape-label-limit=8",
            "--scrape-label-value-limit=1k", "--scrape-concurrency=9", "--scrape-memory-limit=32Mi",
            "--scrape-via=apiserver"
        );

        Assert.Empty(arguments.Errors);
        Assert.Equal(
            new ScrapeOptions
            {
                Via = ScrapeVia.ApiServer,
                Limits = new ScrapeLimits
                {
                    Timeout = TimeSpan.FromSeconds(1.5),
                    BodyBytes = 2 * 1024 * 1024,
                    Samples = 7,
                    Labels = 8,
                    LabelValueBytes = 1_000,
                    Concurrency = 9,
                    MemoryBytes = 32 * 1024 * 1024,
                },
            },
            ScrapeFlags.Read(arguments)
        );
    }

    [Theory]
    [InlineData("00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF")]
    [InlineData(Pin)]
    public void A_pinned_certificate_is_read_with_or_without_colons(string pin)
    {
        var arguments = Parse("--scrape-pinned-certificate", pin);

        Assert.Empty(arguments.Errors);
        Assert.Equal(Pin, Assert.Single(Assert.IsType<ScrapeTrust.Pinned>(ScrapeFlags.Read(arguments).Trust).Sha256));
    }

    [Theory]
    [InlineData("--scrape-timeout=3", "--scrape-timeout '3': want 100ms to 60s, such as 3s")]
    [InlineData("--scrape-timeout=99ms", "--scrape-timeout '99ms': want 100ms to 60s, such as 3s")]
    [InlineData("--scrape-timeout=61s", "--scrape-timeout '61s': want 100ms to 60s, such as 3s")]
    [InlineData("--scrape-body-limit=1Ti", "--scrape-body-limit '1Ti': want 1Ki to 256Mi, such as 16Mi")]
    [InlineData("--scrape-sample-limit=0", "--scrape-sample-limit '0': want 1 to 10000000, such as 50000")]
    [InlineData("--scrape-label-limit=many", "--scrape-label-limit 'many': want 1 to 1000, such as 64")]
    [InlineData("--scrape-label-value-limit=2Mi", "--scrape-label-value-limit '2Mi': want 1 to 1Mi, such as 4Ki")]
    [InlineData("--scrape-concurrency=-1", "--scrape-concurrency '-1': want 1 to 1024, such as 64")]
    [InlineData("--scrape-memory-limit=1Ki", "--scrape-memory-limit '1Ki': want 1Mi to 64Gi, such as 256Mi")]
    [InlineData(
        "--scrape-memory-limit=128Mi",
        "--scrape-memory-limit is 134217728 bytes and --scrape-body-limit 16777216: want at least 16 times as much "
            + "memory as the largest body"
    )]
    [InlineData(
        "--scrape-pinned-certificate=abc",
        "--scrape-pinned-certificate 'abc': want the 64 hex digits of a SHA-256, with or without colons"
    )]
    [InlineData("--scrape-bearer-token-file=/nowhere", "--scrape-bearer-token-file '/nowhere': no such file")]
    [InlineData(
        "--scrape-insecure-skip-verify --scrape-pinned-certificate=" + Pin,
        "--scrape-pinned-certificate and --scrape-insecure-skip-verify: want one of them"
    )]
    [InlineData(
        "--scrape-server-name=a --scrape-insecure-skip-verify",
        "--scrape-server-name has no effect with --scrape-insecure-skip-verify"
    )]
    [InlineData(
        "--scrape-via=apiserver --scrape-insecure-skip-verify",
        "--scrape-insecure-skip-verify has no effect with --scrape-via apiserver: the API server connects to the pod "
            + "by itself"
    )]
    public void A_flag_that_cannot_be_used_is_named_with_its_value_and_range(string flags, string message) =>
        Assert.Equal(message, Assert.Single(Parse(flags.Split(' ')).Errors).Message);

    [Fact]
    public void A_file_of_roots_without_a_certificate_is_named()
    {
        var error = Assert.Single(Parse("--scrape-ca-file=/dev/null").Errors);

        Assert.Equal("--scrape-ca-file '/dev/null': holds no certificate in PEM", error.Message);
    }

    private static ParseResult Parse(params string[] flags)
    {
        var command = new RootCommand();
        ScrapeFlags.AddTo(command);
        return command.Parse(flags);
    }
}

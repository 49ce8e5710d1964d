using Rollouts.Analysis.Verdict;

namespace Rollouts.Analysis.Tests;

/// <summary>Numbers as a person reads them.</summary>
public sealed class WordingTests
{
    [Theory]
    [InlineData(900, "900 bytes")]
    [InlineData(2048, "2 KiB")]
    [InlineData(1.5 * 1024 * 1024, "1.5 MiB")]
    [InlineData(-3.25 * 1024 * 1024 * 1024, "-3.25 GiB")]
    public void Bytes_are_shown_in_the_largest_unit_that_fits(double bytes, string text) =>
        Assert.Equal(text, Wording.Bytes(bytes));

    [Theory]
    [InlineData(0.00105, "0.105 %")]
    [InlineData(1, "100 %")]
    [InlineData(0, "0 %")]
    [InlineData(0.123456, "12.3 %")]
    [InlineData(0.0000123, "0.00123 %")]
    public void Percent_has_three_significant_digits(double ratio, string text) =>
        Assert.Equal(text, Wording.Percent(ratio));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59.2, "1 min")]
    [InlineData(280, "4 min 40 s")]
    [InlineData(3600, "1 h")]
    [InlineData(5400, "1 h 30 min")]
    [InlineData(400_000, "4 days")]
    public void Duration_has_at_most_two_units(double seconds, string text) =>
        Assert.Equal(text, Wording.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(5.7366, "310")]
    [InlineData(0, "1")]
    [InlineData(double.NegativeInfinity, "0")]
    [InlineData(17.77, "5.2e7")]
    public void Evidence_is_shown_as_itself_not_as_its_logarithm(double log, string text) =>
        Assert.Equal(text, Wording.Evidence(log));
}

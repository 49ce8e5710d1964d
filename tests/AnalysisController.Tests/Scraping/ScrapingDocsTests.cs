using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using Rollouts.Analysis.Profiles;
using Rollouts.Analysis.Verdict;
using Rollouts.AnalysisController.Commands;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Tests.Scraping;

/// <summary>The pages about scraping against the tables and the options that the program itself uses.</summary>
public sealed partial class ScrapingDocsTests
{
    private static IReadOnlySet<string> KnownReasons { get; } = Constants(typeof(ScrapeFailure))
        .Concat(Constants(typeof(ProfileRefusal))).Concat(Constants(typeof(VerdictReason)))
        .Concat(Constants(typeof(RunReason)))
        .ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void Every_profile_is_listed_as_the_table_has_it() =>
        AssertTable(ProfileTable.Rows.Select(Row), Section("scraping.md", "Frameworks"));

    [Fact]
    public void Every_refused_family_is_listed_with_its_reason() =>
        AssertTable(
            ProfileTable.Refused.Select(family => $"| `{family.Requests}` | `{family.Reason}` | {family.Message} |"),
            Section("scraping.md", "What cannot be judged")
        );

    [Fact]
    public void Every_reason_of_a_scrape_is_listed_and_no_other() =>
        Assert.Equal(Constants(typeof(ScrapeFailure)), FirstCells(Section("scraping.md", "Reasons")));

    [Fact]
    public void Every_reason_of_a_scrape_is_exported_from_zero_on() =>
        Assert.Equal(Constants(typeof(ScrapeFailure)), ScrapeFailure.All);

    public static TheoryData<string> Runbooks =>
        [.. Directory.GetFiles(PathOf("runbooks"), "*.md").Select(file => $"runbooks/{Path.GetFileName(file)}")];

    [Theory, MemberData(nameof(Runbooks))]
    public void A_runbook_names_no_reason_that_is_none(string page)
    {
        var verdicts = Enum.GetNames<Decision>().Concat(["Pause", "Report"]);
        var named = CapitalWords().Matches(Read(page)).Select(match => match.Groups[1].Value).Distinct();

        Assert.Empty(named.Except(KnownReasons).Except(verdicts));
    }

    [Fact]
    public void The_runbook_of_failing_scrapes_names_every_reason_of_one()
    {
        var page = Read("runbooks/CanaryScrapesFailing.md");

        Assert.Empty(ScrapeFailure.All.Where(reason => !page.Contains($"`{reason}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_option_is_listed_with_its_default_and_range()
    {
        var command = new RootCommand();
        command.Options.Clear();
        ScrapeFlags.AddTo(command);
        var rows = Section("scraping.md", "Options").ToList();

        Assert.Equal(command.Options.Select(option => option.Name), FirstCells(rows));
        foreach (var (option, row) in command.Options.Zip(rows))
        {
            if (Range().Match(option.Description!) is { Success: true } range)
            {
                var words = $"| {range.Groups["default"].Value} | {range.Groups["range"].Value} |";
                Assert.Contains(words, row, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("scraping.md")]
    [InlineData("troubleshooting.md")]
    public void A_page_names_no_reason_that_is_none(string page)
    {
        string[] otherWords =
        [
            "ApiServer", "AnalysisRun", "AnalysisTemplate", "CanaryPolicy", "NetworkPolicy",
            "ProgressDeadlineExceeded", "CanaryActionRefused", RolloutAction.AbortIntended,
        ];
        var named = CamelWords().Matches(Read(page)).Select(match => match.Groups[1].Value).Distinct();

        Assert.Empty(named.Except(KnownReasons).Except(ProfileTable.Names).Except(otherWords));
    }

    [Fact]
    public void Every_reason_that_leaves_a_person_to_decide_has_its_symptom()
    {
        string[] undecided =
        [
            VerdictReason.ScrapeUnreachable, VerdictReason.ScrapeFailed, VerdictReason.NoMetrics,
            VerdictReason.ProfileMismatch, VerdictReason.NoCanaryTraffic, VerdictReason.NoStableTraffic,
            VerdictReason.NoComparableTraffic, VerdictReason.NotEnoughEvidence, VerdictReason.Held,
            VerdictReason.EvidenceAgainstCanary,
        ];
        var headings = string.Join('\n', Read("troubleshooting.md").Split('\n').Where(line => line.StartsWith('#')));

        Assert.All(undecided, reason => Assert.Contains($"`{reason}`", headings, StringComparison.Ordinal));
    }

    /// <summary>What the page should say is printed whole, to be put there.</summary>
    private static void AssertTable(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var table = string.Join('\n', expected);
        Assert.True(table == string.Join('\n', actual), "the page should say:\n" + table);
    }

    private static string Row(RequestProfile row)
    {
        var status = string.Join(", ", row.Status.Select(label => $"`{label.Name}`"));
        var duration = row.Duration is null ? "–" : $"`{row.Duration}`{(row.UnitsPerSecond > 1 ? ", ms" : "")}";
        var routes = row.Routes.IsEmpty ? "–" : string.Join(", ", row.Routes.Select(label => $"`{label}`"));
        var only = row.Only is { } filter ? $"`{filter.Label}` {string.Join(", ", filter.Values)}" : "all";
        return $"| {row.Name} | `{row.Requests}` | {status} | {duration} | {routes} | {only} |";
    }

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!);

    private static IEnumerable<string> FirstCells(IEnumerable<string> rows) =>
        rows.Select(row => row.Split('|')[1].Trim().Trim('`'));

    /// <summary>The rows of the first table below a heading, without its two head rows.</summary>
    private static IEnumerable<string> Section(string page, string heading) =>
        Read(page)
            .Split('\n')
            .SkipWhile(line => line.TrimStart('#') != " " + heading)
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2);

    private static string Read(string page) => File.ReadAllText(PathOf(page));

    private static string PathOf(string page)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rollouts.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "docs", page);
    }

    [GeneratedRegex("(?<range>\\S+ to \\S+); default (?<default>\\S+)\\.$", RegexOptions.ExplicitCapture)]
    private static partial Regex Range();

    [GeneratedRegex("`((?:[A-Z][a-z]+){2,})`")]
    private static partial Regex CamelWords();

    [GeneratedRegex("`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`")]
    private static partial Regex CapitalWords();
}

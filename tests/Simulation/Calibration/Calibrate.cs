using System.Globalization;
using System.Text.Json;

using Rollouts.Analysis;
using Rollouts.Simulation.Worlds;

namespace Rollouts.Simulation.Calibration;

/// <summary>The long form: every family, all competitors, thousands of runs, written as a page of the docs.</summary>
internal static class Calibrate
{
    private const int DefaultRuns = 4000;
    private const int DefaultSeed = 20260101;

    /// <summary>Writes the page to the file that <c>--output</c> names, else to standard output.</summary>
    public static int Run(string[] arguments)
    {
        var runs = Number(arguments, "--runs", DefaultRuns);
        var seed = Number(arguments, "--seed", DefaultSeed);
        var date = Text(arguments, "--date") ?? "not given";
        if (runs < 1 || arguments.Length % 2 != 0)
        {
            Console.Error.WriteLine(
                "calibrate [--runs 4000] [--seed 20260101] [--date YYYY-MM-DD] [--output FILE] "
                + "[--only PART|all [--spec JSON]]");
            return 2;
        }

        if (Text(arguments, "--only") is { } part)
        {
            return PrintRows(part, runs, seed, Text(arguments, "--spec"));
        }

        using var page = new StringWriter(CultureInfo.InvariantCulture);
        Write(page, runs, seed, date);
        if (Text(arguments, "--output") is { } path)
        {
            File.WriteAllText(path, page.ToString());
        }
        else
        {
            Console.Out.Write(page.ToString());
        }

        return 0;
    }

    /// <summary>
    /// The rows whose name holds a word, without a page around them; under a policy of one's own if given.
    /// </summary>
    private static int PrintRows(string part, int runs, int seed, string? policy)
    {
        var spec = Experiment.DefaultSpec;
        if (policy is not null)
        {
            using var json = JsonDocument.Parse(policy);
            if (AnalysisSpec.Parse(json.RootElement) is not AnalysisSpecResult.Valid valid)
            {
                Console.Error.WriteLine("--spec is no valid spec; analysis-controller replay says what is wrong");
                return 2;
            }

            spec = valid.Spec with { Deadline = null };
        }

        foreach (var scenario in Families.Healthy.Concat(Families.Stress).Where(row => Matches(row.Name)))
        {
            Console.Out.WriteLine(Table.HealthyRow(Experiment.Run(scenario, runs, seed, policy is null, spec)));
        }

        foreach (var (scenario, reference) in Families.Bad.Where(row => Matches(row.Scenario.Name)))
        {
            Console.Out.WriteLine(Table.BadRow(Experiment.Run(scenario, runs, seed, policy is null, spec), reference));
        }

        return 0;

        bool Matches(string name) => part == "all" || name.Contains(part, StringComparison.Ordinal);
    }

    private static void Write(StringWriter page, int runs, int seed, string date)
    {
        var error = 100 * Math.Sqrt(.01 * .99 / runs);
        page.WriteLine($"""
            # Calibration

            Measured with the judge's own code, on {date}, by `make calibrate`, which runs

                dotnet run --project tests/Simulation -c Release -- calibrate --runs {runs} \
                    --seed {seed} --date {date} --output docs/calibration.md

            {runs} runs a row, each of 30 minutes in evidence intervals of 10 s; run i of every row has seed {seed} + i.
            The budget for false aborts is alpha = 1 %, over all metrics and all looks; the standard error of a row at
            1 % is {error:0.00} %. Competitors see the same evidence: models of documented defaults, one configuration
            each (tests/Simulation/Deciders). Binomial and Poisson draws with a mean of 60 or more are rounded normals.
            Bursts are those of tests/Simulation/Worlds/Families.cs. The specification names their mean size and
            length only; how often they come, and that sizes vary, was inferred from how often simple success ratios
            per minute abort in its tables. Under noise not simulated here the rates are unknown.

            ## Healthy canaries: who aborts them

            Times in intervals. Rows that begin with "new" are families that the specification lacks.

            {Table.HealthyHeader}
            """);
        foreach (var scenario in Families.Healthy)
        {
            page.WriteLine(Show(Table.HealthyRow(Experiment.Run(scenario, runs, seed, withCompetitors: true))));
        }

        page.WriteLine($"""

            ## Outside the model: reported, not promised

            {Table.HealthyHeader}
            """);
        foreach (var scenario in Families.Stress)
        {
            page.WriteLine(Show(Table.HealthyRow(Experiment.Run(scenario, runs, seed, withCompetitors: true))));
        }

        page.WriteLine($"""

            ## Regressions: who finds them, and when

            Median and 95th percentile of the time from onset to abort in intervals; "–" where fewer runs find it. The
            reference median is the one that the specification measured with its own simulator.

            {Table.BadHeader}
            """);
        foreach (var (scenario, reference) in Families.Bad)
        {
            page.WriteLine(Show(Table.BadRow(Experiment.Run(scenario, runs, seed, withCompetitors: true), reference)));
        }
    }

    /// <summary>Shows progress on standard error.</summary>
    private static string Show(string row)
    {
        Console.Error.WriteLine(row);
        return row;
    }

    private static int Number(string[] arguments, string name, int otherwise) =>
        Text(arguments, name) is { } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
                : otherwise;

    private static string? Text(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}

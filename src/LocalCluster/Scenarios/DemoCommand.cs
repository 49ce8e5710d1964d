using System.CommandLine;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary><c>local-cluster demo</c>: tells a good canary from a bad one, and ends with 0 only if it did.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var names = string.Join(", ", ScenarioTable.Names);
        var scenario = new Option<string>("--scenario")
        {
            Description = $"One of {names}; {ScenarioTable.Default} = a good version, then a bad one.",
            DefaultValueFactory = _ => ScenarioTable.Default,
        };
        scenario.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !ScenarioTable.Names.Contains(result.Tokens[0].Value))
                result.AddError($"unknown scenario {result.Tokens[0].Value}; there are {names}");
        });
        var keep = new Option<bool>("--keep") { Description = "Leave everything running at the end, until Ctrl-C." };
        var options = new ClusterCommandOptions();
        var command = new Command("demo", "Roll out versions and tell what the analysis makes of them.")
        {
            scenario,
            keep,
        };
        options.AddTo(command);
        command.SetAction((arguments, cancellation) => ClusterRun.RunAsync(
            arguments,
            options,
            async host =>
            {
                var clock = TimeProvider.System;
                var demo = new Demo(host, DemoConsole.Create(clock), options.Seed(arguments), clock);
                var stories = ScenarioTable.Select(arguments.GetRequiredValue(scenario));
                var isExpected = await demo.RunAsync(stories, cancellation);
                if (arguments.GetValue(keep))
                    await UpCommand.StayAsync(host, clock, cancellation);
                return isExpected ? ExitCodes.Done : ExitCodes.Failed;
            },
            cancellation));
        return command;
    }
}

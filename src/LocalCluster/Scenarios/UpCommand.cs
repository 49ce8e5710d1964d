using System.CommandLine;
using System.Globalization;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary><c>local-cluster up</c>: everything running, for a person with kubectl and curl.</summary>
internal static class UpCommand
{
    private const int MostRate = 20_000;

    public static Command Create()
    {
        var rate = new Option<double>("--rate")
        {
            Description = "Requests per second that are sent to the Service; 0 = none.",
            DefaultValueFactory = _ => 500,
        };
        rate.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!double.TryParse(text, CultureInfo.InvariantCulture, out var wanted)
                    || wanted is not (>= 0 and <= MostRate)))
            {
                result.AddError($"--rate {text}: between 0 and {MostRate} requests per second");
            }
        });
        var options = new ClusterCommandOptions();
        var command = new Command("up", "Start everything, leave it running until Ctrl-C, and print how to drive it.")
        {
            rate,
        };
        options.AddTo(command);
        command.SetAction((arguments, cancellation) => ClusterRun.RunAsync(
            arguments,
            options,
            async host =>
            {
                var clock = TimeProvider.System;
                var console = DemoConsole.Create(clock);
                var controller = await host.StartControllerAsync();
                var story = new DemoStory(host, console, () => TrafficCounts.Zero, clock);
                await console.RunAsync(async () =>
                {
                    await story.DeployFirstVersionAsync(null, cancellation);
                    await controller.UntilReadyAsync(cancellation);
                    return true;
                });
                if (arguments.GetValue(rate) is > 0 and var perSecond)
                {
                    var load = new LoadOptions { Seed = options.Seed(arguments), RequestsPerSecond = perSecond };
                    host.StartTraffic(load, cancellation);
                }

                await StayAsync(host, clock, cancellation);
                return ExitCodes.Done;
            },
            cancellation));
        return command;
    }

    /// <summary>Prints how to drive the cluster, and waits for Ctrl-C.</summary>
    public static async Task StayAsync(LocalClusterHost host, TimeProvider clock, CancellationToken cancellation)
    {
        await Console.Out.WriteLineAsync(Instructions(host));
        var stop = Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellation);
        var controllerEnd = host.ControllerEndAsync();
        if (await Task.WhenAny(stop, controllerEnd) == controllerEnd)
        {
            await Console.Error.WriteLineAsync(
                $"local-cluster: {(await controllerEnd).Message}\nNothing is judged until a controller runs again.");
        }

        await Task.WhenAny(stop);
    }

    private static string Instructions(LocalClusterHost host) =>
        $$"""

        The cluster runs until Ctrl-C. In another terminal:

        export KUBECONFIG={{host.KubeconfigPath}}
        kubectl get rollouts,analysisruns,pods          # what there is; add -w to watch
        curl -si {{host.ServiceAddress}}api/items              # X-Version and X-Pod tell who answered

        # Bring out a new version; it stays a canary of one pod while it is judged:
        kubectl patch rollout sample --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/env/0/value", "value": "v2"}]'
        CANARY=$(kubectl get pods -l rollouts-pod-template-hash=$(kubectl get rollout sample -o jsonpath='{.status.currentPodHash}') -o jsonpath='{.items[0].status.podIP}')

        # A fault on, and off again:
        curl -X PUT http://$CANARY:{{host.PodPort}}/demo/faults/error -H 'Content-Type: application/json' -d '{"ratio": 0.2, "status": 500}'
        curl -X DELETE http://$CANARY:{{host.PodPort}}/demo/faults/error

        # The verdict, with its numbers, and what Argo made of it:
        kubectl get analysisruns -w
        kubectl get analysisruns -o jsonpath='{range .items[*]}{.metadata.annotations.rollouts-companion\.io/summary}{"\n"}{end}'
        kubectl describe rollout sample

        The controller's log: {{host.ControllerLogPath}}
        Its journal, a file for each run, to be judged again by analysis-controller replay FILE: {{host.JournalFolder}}
        """;
}

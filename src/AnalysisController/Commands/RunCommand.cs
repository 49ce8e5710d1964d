using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Rollouts.AnalysisController.Journal;

namespace Rollouts.AnalysisController.Commands;

/// <summary>The default verb: watch, scrape, judge and write, until told to stop.</summary>
internal static class RunCommand
{
    private static readonly Option<string?> Kubeconfig = new("--kubeconfig")
    {
        Description =
            "Path of a kubeconfig file. Default: KUBECONFIG, then the pod's service account, then ~/.kube/config.",
    };

    private static readonly Option<string?> Context = new("--context")
    {
        Description = "Context of the kubeconfig to use. Default: its current-context.",
    };

    private static readonly Option<string[]> Namespace = new("--namespace", "-n")
    {
        Description = "Watch this namespace only; may be repeated. Default: all namespaces.",
        DefaultValueFactory = _ => [],
        Validators = { ObjectNames.CheckNamespace },
    };

    private static readonly Option<string?> InstanceId = new("--instance-id")
    {
        Description =
            "Judge only Rollouts with this argo-rollouts.argoproj.io/controller-instance-id. Default: those without.",
        Validators = { ObjectNames.CheckLabelValue },
    };

    private static readonly Option<string?> VerdictTokenFile = new("--verdict-token-file")
    {
        Description = "File with the bearer token that GET /api/v1/verdict asks for. Default: anybody may ask.",
        Validators = { CheckFile },
    };

    private static readonly IPEndPoint EveryAddress = new(IPAddress.IPv6Any, 8090);

    private static readonly Option<IPEndPoint?> Listen = new("--listen")
    {
        Description =
            "Address and port of /livez, /readyz, /health, /metrics and /api/v1/verdict; port 0 takes a free one, "
            + "and without an address it is every one, IPv4 and IPv6. Default: :8090.",
        CustomParser = ParseEndPoint,
    };

    private static readonly ChoiceOption<LogFormat> Format = new(
        LogFormat.Text,
        "text: for people; json: for collectors.",
        "--log-format"
    );

    private static readonly ChoiceOption<LogLevel> Level = new(
        LogLevel.Information,
        "Lowest level that is logged.",
        "--log-level"
    );

    private static readonly Option<string?> DataFolder = new("--data-dir")
    {
        Description = "Folder of the journal: every evidence interval, a file for each run. Default: no journal.",
    };

    private static readonly Option<int> DataLimit = new("--data-limit")
    {
        Description = "Mebibytes that the journal may take, from 1; the oldest files go first.",
        DefaultValueFactory = _ => 1024,
    };

    private static readonly LeaderElectionFlags Election = new();

    /// <summary>
    /// Gives a command the options and the action of <c>run</c>; the root has them too, so that <c>run</c> may be left
    /// out.
    /// </summary>
    public static void AddTo(Command command)
    {
        foreach (
            var option in new Option[]
            {
                Kubeconfig,
                Context,
                Namespace,
                InstanceId,
                VerdictTokenFile,
                Listen,
                Format,
                Level,
                DataFolder,
                DataLimit,
            }
        )
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(DataLimit) is { Implicit: false } given && given.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"--data-limit {given.GetValueOrDefault<int>()}: from 1 mebibyte");
            }
        });
        Election.AddTo(command);
        ScrapeFlags.AddTo(command);

        command.SetAction(
            async (arguments, cancellation) =>
                await ControllerHost.RunAsync(
                    new ControllerOptions
                    {
                        Kubeconfig = arguments.GetValue(Kubeconfig),
                        Context = arguments.GetValue(Context),
                        Namespaces = [.. (arguments.GetValue(Namespace) ?? []).Distinct(StringComparer.Ordinal)],
                        InstanceId = arguments.GetValue(InstanceId),
                        VerdictTokenFile = arguments.GetValue(VerdictTokenFile),
                        Listen = arguments.GetValue(Listen) ?? EveryAddress,
                        LogFormat = Format.Read(arguments),
                        LogLevel = Level.Read(arguments),
                        Journal = arguments.GetValue(DataFolder) is { } folder
                            ? new JournalOptions(folder, arguments.GetValue(DataLimit) * 1024L * 1024L)
                            : null,
                        Lease = Election.Read(arguments),
                        Scrape = ScrapeFlags.Read(arguments),
                    },
                    cancellation
                )
        );
    }

    private static void CheckFile(OptionResult option)
    {
        foreach (var file in option.Tokens.Select(token => token.Value).Where(file => !File.Exists(file)))
        {
            option.AddError($"{option.IdentifierToken?.Value} '{file}': there is no such file");
        }
    }

    private static IPEndPoint? ParseEndPoint(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        var full = text.StartsWith(':') ? $"[{IPAddress.IPv6Any}]{text}" : text;
        if (full.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(full, out var endPoint))
        {
            return endPoint;
        }

        argument.AddError(
            string.Create(
                CultureInfo.InvariantCulture,
                $"--listen '{text}': want ADDRESS:PORT, port 0 to {IPEndPoint.MaxPort}, such as 127.0.0.1:8090 or :8090"
            )
        );
        return null;
    }
}

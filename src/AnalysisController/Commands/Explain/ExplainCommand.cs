using System.CommandLine;
using Rollouts.Analysis;
using Rollouts.Analysis.Profiles;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Scraping;

namespace Rollouts.AnalysisController.Commands.Explain;

/// <summary>The <c>explain</c> verb: what would be scraped and judged of a Rollout or of a file, and why.</summary>
internal static class ExplainCommand
{
    private const int Complete = 0;

    private const int Incomplete = 1;

    private const int BadInput = 2;

    private const string ExitCodes =
        "Exit code: 0 everything that is judged is there, 1 something is missing, 2 bad input or options.";

    private static readonly Option<string?> Stable = new("--file")
    {
        HelpName = "FILE",
        Description =
            "What a pod answers to a scrape: curl -s http://POD:PORT/metrics > metrics.txt; - reads standard input.",
    };

    private static readonly Option<string?> Canary = new("--canary-file")
    {
        HelpName = "FILE",
        Description = "The same of a pod of the new version; the two are compared.",
    };

    private static readonly Option<string?> Profile = new("--profile")
    {
        HelpName = "NAME",
        Description = $"As a policy's profile: one of {string.Join(", ", ProfileTable.Names)}. Default: detect it.",
    };

    private static readonly ChoiceOption<ExplainFormat> Output = new(
        ExplainFormat.Table,
        "How the answer is written.",
        "--output",
        "-o"
    );

    private static readonly Argument<string> Rollout = new("name") { Description = "The Rollout." };

    private static readonly Option<string?> Namespace = new("--namespace", "-n")
    {
        Description = "Namespace of the Rollout. Default: the context's, then 'default'.",
        Validators = { ObjectNames.CheckNamespace },
    };

    private static readonly Option<string?> KubeconfigFile = new("--kubeconfig")
    {
        HelpName = "FILE",
        Description = "As for run.",
    };

    private static readonly Option<string?> Context = new("--context") { Description = "As for run." };

    /// <summary>The command, to be added to the root.</summary>
    public static Command Create()
    {
        var command = new Command(
            "explain",
            "Say what would be scraped and judged, and why: of a file with --file, of a Rollout with 'explain rollout "
                + $"NAME'. Nothing is written. {ExitCodes}"
        )
        {
            Stable, Canary, Profile, Output, RolloutCommand(),
        };
        command.SetAction((arguments, cancellation) =>
            RunAsync(
                arguments,
                arguments.GetValue(Stable) is { } file
                    ? () => FileExplanation.OfAsync(
                        file,
                        arguments.GetValue(Canary),
                        new AnalysisSpec { Profile = arguments.GetValue(Profile) },
                        cancellation)
                    : () => throw new InvalidDataException("name a file with --file, or 'explain rollout NAME'")
            )
        );
        command.Validators.Add(result =>
        {
            if (result.GetValue(Profile) is { } profile && !ProfileTable.Names.Contains(profile))
            {
                result.AddError($"--profile '{profile}': want one of {string.Join(", ", ProfileTable.Names)}");
            }
        });
        return command;
    }

    private static Command RolloutCommand()
    {
        var command = new Command(
            "rollout",
            "Ask the pods of a Rollout once, as the controller would: which arm, which target, what came back, which "
                + $"profile, what each metric reads. {ExitCodes}"
        )
        {
            Rollout, Namespace, KubeconfigFile, Context, Output,
        };
        ScrapeFlags.AddTo(command);
        command.SetAction((arguments, cancellation) =>
            RunAsync(arguments, () => ExplainRolloutAsync(arguments, cancellation))
        );
        return command;
    }

    private static async Task<Explanation> ExplainRolloutAsync(
        ParseResult arguments,
        CancellationToken cancellation
    )
    {
        var config = Kubeconfig.Load(
            arguments.GetValue(KubeconfigFile),
            arguments.GetValue(Context),
            Environment.GetEnvironmentVariable
        );
        var options = ScrapeFlags.Read(arguments);
        using var api = KubernetesHttp.Connect(config);
        using var http = PodConnection.Open(options, config);
        using var scraper = new PodScraper(http, options, TimeProvider.System);
        var @namespace = arguments.GetValue(Namespace) ?? config.Namespace ?? "default";
        var explanation = new RolloutExplanation(new KubernetesClient(api, TimeProvider.System), scraper);
        try
        {
            return await explanation.OfAsync(
                new ObjectKey(@namespace, arguments.GetRequiredValue(Rollout)),
                cancellation
            );
        }
        catch (KubernetesException e) when (!e.IsNotFound)
        {
            throw new KubernetesException($"API server {config.Server} ({config.Source}): {e.Message}", e);
        }
    }

    private static async Task<int> RunAsync(ParseResult arguments, Func<Task<Explanation>> explain)
    {
        var output = arguments.InvocationConfiguration.Output;
        var errors = arguments.InvocationConfiguration.Error;
        try
        {
            var explanation = await explain();
            await output.WriteLineAsync(
                Output.Read(arguments) switch
                {
                    ExplainFormat.Table => ExplanationTable.Write(explanation),
                    ExplainFormat.Json => ExplanationJson.Write(explanation),
                    ExplainFormat.Yaml => YamlText.Of(ExplanationJson.Of(explanation)),
                }
            );
            return explanation.IsComplete ? Complete : Incomplete;
        }
        catch (Exception e) when (e is InvalidDataException or ClusterConfigException)
        {
            await errors.WriteLineAsync($"explain: {e.Message}");
            return BadInput;
        }
        catch (KubernetesException e)
        {
            await errors.WriteLineAsync($"explain: {e.Message}");
            return e.IsNotFound ? BadInput : Incomplete;
        }
    }
}

internal enum ExplainFormat
{
    Table,
    Json,
    Yaml,
}

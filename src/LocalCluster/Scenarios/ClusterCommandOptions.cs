using System.CommandLine;
using System.Globalization;
using Rollouts.LocalCluster.ArgoStandIn;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>The options that every verb has.</summary>
internal sealed class ClusterCommandOptions
{
    private const string UpTo1_9 = "1.9";
    private const string CurrentRelease = "1.10";
    private const double MostLagSeconds = 60;

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Seed of everything random: addresses, pod names, arrivals, picks.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _port = new("--port")
    {
        Description = "Port of the API server on 127.0.0.1; 0 = a free one.",
    };

    private readonly Option<int> _servicePort = new("--service-port")
    {
        Description = "Port on 127.0.0.1 that stands for the Service sample; 0 = a free one.",
    };

    private readonly Option<string?> _api = new("--api")
    {
        Description = "The program api. Default: the one built in this repository.",
    };

    private readonly Option<string?> _controller = new("--controller")
    {
        Description = "The program analysis-controller. Default: the one built in this repository.",
    };

    private readonly Option<string?> _crds = new("--crds")
    {
        Description = "Folder of CustomResourceDefinitions. Default: crds of this repository.",
    };

    private readonly Option<string?> _folder = new("--folder")
    {
        Description =
            "Folder for kubeconfig, controller.log and the controller's journal. "
            + "Default: a temporary one, deleted at the end.",
    };

    private readonly Option<string?> _instanceId = new("--instance-id")
    {
        Description = "Instance id of Argo's controller and of the companion. Default: none.",
    };

    private readonly Option<string> _argoRelease = new("--argo-release")
    {
        Description =
            "Which Argo Rollouts to play: they differ in what a terminated run makes of a measurement in flight.",
        DefaultValueFactory = _ => CurrentRelease,
    };

    private readonly Option<double> _argoCacheLag = new("--argo-cache-lag")
    {
        Description =
            "Seconds for which Argo's controller may not see what others wrote to an AnalysisRun, so that its own "
            + "writes erase it; 0 = none.",
    };

    public void AddTo(Command command)
    {
        _argoCacheLag.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!double.TryParse(text, CultureInfo.InvariantCulture, out var seconds)
                    || seconds is not (>= 0 and <= MostLagSeconds)))
            {
                result.AddError($"--argo-cache-lag {text}: between 0 and {MostLagSeconds} seconds");
            }
        });
        _argoRelease.AcceptOnlyFromAmong(UpTo1_9, CurrentRelease);
        foreach (var port in new[] { _port, _servicePort })
        {
            port.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }]
                    && !ushort.TryParse(text, CultureInfo.InvariantCulture, out _))
                {
                    result.AddError($"{port.Name} {text}: a port is between 0 and {ushort.MaxValue}");
                }
            });
        }

        foreach (var text in new[] { _api, _controller, _crds, _folder, _instanceId })
        {
            text.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value.Length: 0 }])
                {
                    result.AddError($"{text.Name} '': want a text that is not empty");
                }
            });
        }

        Option[] all =
        [
            _seed, _port, _servicePort, _api, _controller, _crds, _folder, _instanceId, _argoRelease, _argoCacheLag,
        ];
        foreach (var option in all)
            command.Options.Add(option);
    }

    public int Seed(ParseResult arguments) => arguments.GetValue(_seed);

    public LocalClusterOptions Read(ParseResult arguments) => new()
    {
        Seed = arguments.GetValue(_seed),
        ApiServerPort = arguments.GetValue(_port),
        ServicePort = arguments.GetValue(_servicePort),
        ApiProgram = PathOf(arguments, _api) ?? RepositoryFiles.Program("Api", "api"),
        ControllerProgram =
            PathOf(arguments, _controller) ?? RepositoryFiles.Program("AnalysisController", "analysis-controller"),
        CrdFolder = PathOf(arguments, _crds) ?? RepositoryFiles.Crds(),
        Folder = arguments.GetValue(_folder),
        InstanceId = arguments.GetValue(_instanceId),
        ArgoRelease = arguments.GetValue(_argoRelease) == UpTo1_9 ? ArgoRelease.UpTo1_9 : ArgoRelease.Current,
        ArgoCacheLag = TimeSpan.FromSeconds(arguments.GetValue(_argoCacheLag)),
    };

    /// <summary>Programs run in folders of their own: what is given is below the folder of whoever gave it.</summary>
    private static string? PathOf(ParseResult arguments, Option<string?> option) =>
        arguments.GetValue(option) is { } path ? Path.GetFullPath(path) : null;
}

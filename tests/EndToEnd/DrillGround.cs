using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.LocalCluster;
using Rollouts.LocalCluster.ApiServer.Json;
using Rollouts.LocalCluster.Scenarios;
using Rollouts.LocalCluster.Traffic;

namespace Rollouts.EndToEnd;

/// <summary>
/// One cluster with one controller, on which drills are played: each with a Rollout, Services and traffic of its own, a
/// few at a time.
/// </summary>
public abstract class DrillGround : IAsyncLifetime
{
    private const int AtATime = 4;
    private const string Rollouts = "rollouts.argoproj.io";
    private const string Runs = "analysisruns.argoproj.io";
    private const string Templates = "analysistemplates.argoproj.io";
    private const string Provider = "rollouts-companion.io/canary";

    /// <summary>How long a drill lasts that is to come to nothing, from the first pod of the canary on.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _free = new(AtATime);
    private readonly Dictionary<string, Task<JsonObject>> _ends = [];
    private LocalClusterHost _host = null!;

    private protected abstract IReadOnlyList<Drill> Drills { get; }

    /// <summary>The run of a drill, in the state in which the drill ended.</summary>
    public Task<JsonObject> EndOfAsync(string drill) => _ends[drill];

    /// <summary>The companion's own words: of the metric, or of the run while it goes on.</summary>
    public static string WhatIsSaidOf(JsonObject run) =>
        (string?)run["status"]!["metricResults"]?[0]?["message"]
        ?? (string?)run["metadata"]!["annotations"]?["rollouts-companion.io/summary"]
        ?? "";

    public async ValueTask InitializeAsync()
    {
        _host = await LocalClusterHost.StartAsync(
            new LocalClusterOptions
            {
                Seed = 41,
                ApiProgram = RepositoryFiles.Program("Api", "api"),
                ControllerProgram = RepositoryFiles.Program("AnalysisController", "analysis-controller"),
                CrdFolder = RepositoryFiles.Crds(),
            },
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        var controller = await _host.StartControllerAsync();
        await controller.UntilReadyAsync(CancellationToken.None);
        foreach (var drill in Drills)
        {
            _ends[drill.Name] = PlayAsync(drill);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(Task.WhenAll(_ends.Values));
        await _host.DisposeAsync();
        _free.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<JsonObject> PlayAsync(Drill drill)
    {
        await _free.WaitAsync();
        try
        {
            return await PlayNowAsync(drill);
        }
        finally
        {
            Delete(drill.Name);
            _free.Release();
        }
    }

    private async Task<JsonObject> PlayNowAsync(Drill drill)
    {
        Create(drill);
        await UntilAsync($"{drill}: v1 is stable", () => Rollout(drill) is { } rollout
            && (string?)rollout["status"]?["phase"] == "Healthy" ? rollout : null);
        using var stop = new CancellationTokenSource();
        var router = new ServiceRouter(_host.Objects, "default", drill.Name, TimeProvider.System);
        using var traffic = new LoadGenerator(
            router, new LoadOptions { Seed = 41, RequestsPerSecond = 200 }, TimeProvider.System);
        var running = Task.WhenAll(router.RunAsync(stop.Token), traffic.RunAsync(stop.Token));
        try
        {
            Release(drill);
            return drill.IsEndless
                ? await QuietAsync(drill)
                : await UntilAsync($"{drill}: the run has ended", () => Run(drill, IsCompleted));
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private async Task<JsonObject> QuietAsync(Drill drill)
    {
        await UntilAsync($"{drill}: a run", () => Run(drill, _ => true));
        await Task.Delay(Quiet, TimeProvider.System);
        return Run(drill, _ => true)!;
    }

    /// <summary>Three pods of v1, one of which gives way to the canary.</summary>
    private void Create(Drill drill)
    {
        foreach (var manifest in Manifests())
        {
            var kind = (string)manifest["kind"]!;
            manifest["metadata"]!["name"] = drill.Name;
            var spec = manifest["spec"]!;
            switch (kind)
            {
                case "Service":
                    spec["selector"] = new JsonObject { ["app"] = drill.Name };
                    _host.Objects.Create("services", "default", manifest);
                    var other = manifest.DeepClone().AsObject();
                    other["metadata"]!["name"] = OtherService(drill.Name);
                    _host.Objects.Create("services", "default", other);
                    break;
                case "AnalysisTemplate":
                    var settings = spec["metrics"]![0]!["provider"]!["plugin"]![Provider]!.AsObject();
                    foreach (var (name, value) in JsonNode.Parse(drill.Settings)!.AsObject())
                    {
                        settings[name] = value?.DeepClone();
                    }

                    _host.Objects.Create(Templates, "default", manifest);
                    break;
                default:
                    CompleteRollout(spec, drill);
                    _host.Objects.Create(Rollouts, "default", manifest);
                    break;
            }
        }
    }

    private void CompleteRollout(JsonNode spec, Drill drill)
    {
        spec["replicas"] = drill.Replicas;
        spec["selector"]!["matchLabels"]!["app"] = drill.Name;
        spec["strategy"] = drill.Strategy is { } strategy
            ? JsonNode.Parse(strategy.Replace("NAME", drill.Name, StringComparison.Ordinal))
            : CanaryStrategy(drill);
        spec["template"]!["metadata"]!["labels"]!["app"] = drill.Name;
        spec["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["containerPort"] = _host.PodPort;
    }

    private static JsonObject CanaryStrategy(Drill drill)
    {
        var analysis = new JsonObject
        {
            ["templates"] = new JsonArray(new JsonObject { ["templateName"] = drill.Name }),
        };
        var canary = new JsonObject { ["maxSurge"] = 1, ["maxUnavailable"] = 0 };
        var weight = new JsonObject { ["setWeight"] = 33 };
        if (drill.Analysis == AnalysisPlacement.Background)
        {
            canary["analysis"] = analysis;
            canary["steps"] = new JsonArray(weight, new JsonObject { ["pause"] = new JsonObject() });
        }
        else
        {
            canary["steps"] = new JsonArray(weight, new JsonObject { ["analysis"] = analysis });
        }

        return new JsonObject { ["canary"] = canary };
    }

    /// <summary>The preview of a blue-green Rollout, the canary's own of a routed one; nothing to the others.</summary>
    private static string OtherService(string name) => $"{name}-other";

    private void Release(Drill drill)
    {
        var template = Rollout(drill)!["spec"]!["template"]!.DeepClone();
        var container = template["spec"]!["containers"]![0]!;
        container["image"] = "sample-api:v2";
        var variables = container["env"]!.AsArray();
        variables.Single(variable => (string?)variable!["name"] == "APP_VERSION")!["value"] = "v2";
        if (drill.Fault is var (variable, value))
        {
            variables.Add(new JsonObject { ["name"] = variable, ["value"] = value });
        }

        _host.Objects.MergePatch(
            Rollouts, "default", drill.Name, new JsonObject { ["spec"] = new JsonObject { ["template"] = template } });
    }

    private void Delete(string name)
    {
        foreach (var (resource, named) in ((string, string)[])
            [(Rollouts, name), (Templates, name), ("services", name), ("services", OtherService(name))])
        {
            if (_host.Objects.Get(resource, "default", named) is not null)
            {
                _host.Objects.Delete(resource, "default", named);
            }
        }
    }

    private JsonObject? Rollout(Drill drill) => _host.Objects.Get(Rollouts, "default", drill.Name);

    private JsonObject? Run(Drill drill, Func<JsonObject, bool> holds) =>
        _host.Objects.List(Runs, "default").FirstOrDefault(run =>
            (string?)run["metadata"]!["ownerReferences"]?[0]?["name"] == drill.Name && holds(run));

    private static bool IsCompleted(JsonObject run) =>
        (string?)run["status"]?["phase"] is "Successful" or "Failed" or "Error" or "Inconclusive";

    private static List<JsonObject> Manifests()
    {
        using var stream = typeof(LocalClusterHost).Assembly.GetManifestResourceStream("sample.yaml")!;
        using var reader = new StreamReader(stream);
        return [.. YamlReader.ReadDocuments(reader.ReadToEnd()).OfType<JsonObject>()];
    }

    private static async Task<JsonObject> UntilAsync(string what, Func<JsonObject?> look)
    {
        var started = TimeProvider.System.GetTimestamp();
        JsonObject? found;
        while ((found = look()) is null)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"not within {Limit.TotalSeconds} s: {what}");
            }

            await Task.Delay(LookInterval, TimeProvider.System);
        }

        return found;
    }
}

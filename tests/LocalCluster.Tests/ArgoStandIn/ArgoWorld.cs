using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ArgoStandIn;
using Rollouts.LocalCluster.ArgoStandIn.Json;
using Rollouts.LocalCluster.ArgoStandIn.Metrics;
using Rollouts.LocalCluster.ArgoStandIn.Strategy;
using Rollouts.LocalCluster.Tests.ApiServer;
using Rollouts.Shared;

namespace Rollouts.LocalCluster.Tests.ArgoStandIn;

/// <summary>
/// Both controllers of the stand-in on a real object store and virtual time, without their loops: pods of a ReplicaSet
/// become available the moment they are asked for, unless they are told not to.
/// </summary>
internal sealed class ArgoWorld
{
    public const string Rollouts = "rollouts.argoproj.io";
    public const string Runs = "analysisruns.argoproj.io";
    public const string Experiments = "experiments.argoproj.io";

    /// <summary>What a step or the background analysis of the Rollout says.</summary>
    public const string Analysis = "analysis: {templates: [{templateName: canary}], args: ["
        + "{name: stable, valueFrom: {podTemplateHashValue: Stable}}, "
        + "{name: latest, valueFrom: {podTemplateHashValue: Latest}}]}";

    public const string AnalysisStep = "{" + Analysis + "}";

    private const string PushTemplate = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: canary}
        spec:
          args: [{name: stable}, {name: latest}]
          metrics:
          - {name: canary, initialDelay: 5m, provider: {plugin: {rollouts-companion.io/canary: {preset: fast}}}}
        """;

    private static readonly string[] Watched =
        [Rollouts, Runs, Experiments, "replicasets.apps", "services", "deployments.apps"];

    private readonly RolloutController _rollouts;
    private readonly ExperimentController _experiments;
    private readonly RunController _runs;
    private readonly RunCache _cache = new();

    public ArgoWorld(string? instanceId = null)
    {
        var instance = new InstanceId(instanceId);
        Objects = Cluster.New(new ClusterStateOptions { Clock = Clock }).Objects;
        var events = new EventRecorder(Objects, Clock);
        _rollouts = new RolloutController(Objects, events, Clock, instance);
        _experiments = new ExperimentController(Objects, events, Clock, instance);
        var providers = new MetricProviders(new WebMetric(new HttpClient(), Clock), Clock);
        _runs = new RunController(Objects, _cache, providers, events, Clock, instance);
        Create("analysistemplates.argoproj.io", PushTemplate);
    }

    public VirtualClock Clock { get; } = new();
    public ClusterObjects Objects { get; }

    /// <summary>Images whose pods never become available.</summary>
    public HashSet<string> Broken { get; } = [];

    public JsonObject Rollout => Objects.Get(Rollouts, "default", "sample")!;
    public string? Phase => Rollout.Text("status", "phase");
    public string? Message => Rollout.Text("status", "message");
    public (string? Status, string? Reason) Progressing =>
        Rollout.Items("status", "conditions").Single(item => item.Text("type") == "Progressing") is var condition
            ? (condition.Text("status"), condition.Text("reason"))
            : default;

    public int? Step => Rollout.Int("status", "currentStepIndex");
    public DateTimeOffset? NextAt { get; private set; }

    /// <summary>
    /// A canary of five replicas with these steps, version v1, fully deployed; beside it the Services c and s.
    /// </summary>
    public static Task<ArgoWorld> DeployedAsync(string steps, string canary = "", int replicas = 5, string spec = "") =>
        new ArgoWorld().WithServices("c", "s").WithRolloutAsync(
            $$"""canary: {steps: [{{steps}}]{{(canary.Length == 0 ? "" : ", " + canary)}} }""", replicas, spec);

    /// <summary>An update whose canary never becomes available.</summary>
    /// <param name="spec">Further fields of the Rollout's spec.</param>
    public static async Task<ArgoWorld> StuckAsync(string spec)
    {
        var world = await DeployedAsync("{setWeight: 20}, {pause: {}}", spec: spec);
        world.Broken.Add("v2");
        await world.DeployAsync("v2");
        Assert.Equal(("Progressing", 0), (world.Phase, world.Step));
        return world;
    }

    /// <summary>A blue-green Rollout with the Services active and preview, version v1, fully deployed.</summary>
    public static Task<ArgoWorld> DeployedBlueGreenAsync(string blueGreen = "", int replicas = 2)
    {
        return new ArgoWorld().WithServices("active", "preview").WithRolloutAsync($$"""
            blueGreen: {activeService: active, previewService: preview{{(blueGreen.Length == 0 ? "" : ", " + blueGreen)}} }
            """, replicas);
    }

    private ArgoWorld WithServices(params IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            Create("services", $$"""
                {apiVersion: v1, kind: Service, metadata: {name: {{name}} },
                 spec: {selector: {app: sample}, ports: [{port: 80}]} }
                """);
        }
        return this;
    }

    /// <param name="spec">Further lines of the Rollout's spec, in flow style.</param>
    private async Task<ArgoWorld> WithRolloutAsync(string strategy, int replicas, string spec = "")
    {
        Create(Rollouts, $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: sample, annotations: {team: blue} }
            spec:
              replicas: {{replicas}}
              selector: {matchLabels: {app: sample} }
              template:
                metadata: {labels: {app: sample} }
                spec: {containers: [{name: api, image: "sample-api:v1"}]}
              strategy:
                {{strategy}}
            """);
        if (spec.Length > 0)
            Patch($$"""{spec: {{{spec}}} }""");
        await SettleAsync();
        Assert.Equal("Healthy", Phase);
        return this;
    }

    public JsonObject Create(string resource, string yaml) => Objects.Create(resource, "default", Cluster.Object(yaml));

    /// <summary>Changes the image, and lets everything happen that follows.</summary>
    public async Task DeployAsync(string version)
    {
        Patch($$"""
            {spec: {template: {spec: {containers: [{name: api, image: "sample-api:{{version}}"}]} } } }
            """);
        await SettleAsync();
    }

    public void Patch(string patch) => Objects.MergePatch(Rollouts, "default", "sample", Cluster.Object(patch));

    public void PatchStatus(string patch) =>
        Objects.MergePatch(Rollouts, "default", "sample", Cluster.Object(patch), "status");

    public async Task AdvanceAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }
    }

    public JsonObject? Run(string name) => Objects.Get(Runs, "default", name);

    /// <summary>The run that the Rollout's status names.</summary>
    public JsonObject? StepRun => Named(RunSlot.Step);

    public JsonObject? BackgroundRun => Named(RunSlot.Background);

    public JsonObject? PreRun => Named(RunSlot.PrePromotion);

    public JsonObject? PostRun => Named(RunSlot.PostPromotion);

    /// <summary>The version that the pods behind a Service run.</summary>
    public string VersionBehind(string service)
    {
        var hash = Objects.Get("services", "default", service).Text("spec", "selector", ArgoNames.HashLabel);
        return Version(ReplicaSets.Single(set => set.Text("metadata", "labels", ArgoNames.HashLabel) == hash));
    }

    /// <summary>Writes a verdict of the companion into a run, and lets everything happen that follows.</summary>
    public async Task VerdictAsync(JsonObject run, string phase, string message = "why")
    {
        var counter = phase is "Error" ? "error: 5, consecutiveError: 5" : $"count: 1, {phase.ToLowerInvariant()}: 1";
        Objects.MergePatch(Runs, "default", run.Text("metadata", "name")!, Cluster.Object($$"""
            {status: {metricResults: [{name: canary, phase: {{phase}}, message: {{message}}, {{counter}},
              measurements: [{phase: {{phase}}, message: {{message}}}]}]} }
            """));
        await SettleAsync();
    }

    /// <summary>The replicas asked for, by image version.</summary>
    public SortedDictionary<string, int> Scale =>
        new(ReplicaSets.ToDictionary(Version, set => set.Int("spec", "replicas") ?? 0));

    /// <summary>The Rollout's own, without those of Experiments.</summary>
    public IReadOnlyList<JsonObject> ReplicaSets =>
    [
        .. Objects.List("replicasets.apps", "default")
            .Where(set => set.Items("metadata", "ownerReferences").All(owner => owner.Text("kind") == "Rollout")),
    ];

    public JsonObject ReplicaSet(string version) => ReplicaSets.Single(set => Version(set) == version);

    public string Hash(string version) => ReplicaSet(version).Text("metadata", "labels", ArgoNames.HashLabel)!;

    public IReadOnlyList<(string Reason, string Message)> Events(string kind = "Rollout") =>
    [
        .. Objects.List("events", "default").Where(what => what.Text("involvedObject", "kind") == kind)
            .Select(what => (what.Text("reason")!, what.Text("message")!)),
    ];

    /// <summary>Reconciles everything until nothing is written any more.</summary>
    public async Task SettleAsync()
    {
        for (var round = 0; round < 100; round++)
        {
            var before = Versions();
            var cancellation = TestContext.Current.CancellationToken;
            foreach (var rollout in Objects.List(Rollouts))
                NextAt = await _rollouts.ReconcileAsync(ObjectKey.Of(rollout), cancellation);
            foreach (var experiment in Objects.List(Experiments))
                await _experiments.ReconcileAsync(ObjectKey.Of(experiment), cancellation);
            foreach (var run in Objects.List(Runs))
            {
                _cache.Apply(new ClusterEvent(ClusterEventType.Modified, run));
                await _runs.ReconcileAsync(ObjectKey.Of(run), cancellation);
            }
            foreach (var set in Objects.List("replicasets.apps", "default"))
                PlayPods(set);
            if (Versions().SetEquals(before))
                return;
        }
        Assert.Fail("the stand-in does not come to rest");
    }

    private void PlayPods(JsonObject set)
    {
        var wanted = set.Int("spec", "replicas") ?? 0;
        var available = Broken.Contains(Version(set)) ? 0 : wanted;
        if (set.Int("status", "replicas") == wanted && set.Int("status", "availableReplicas") == available)
            return;
        Objects.MergePatch("replicasets.apps", "default", ObjectKey.Of(set).Name, Cluster.Object($$"""
            {status: {replicas: {{wanted}}, readyReplicas: {{available}}, availableReplicas: {{available}} } }
            """), "status");
    }

    private JsonObject? Named(RunSlot slot) =>
        Rollout.Text("status", slot.Strategy, slot.Field, "name") is { } name ? Run(name) : null;

    private HashSet<string> Versions() =>
    [
        .. Watched.SelectMany(resource => Objects.List(resource))
            .Select(item => $"{item.Text("metadata", "uid")} {item.Text("metadata", "resourceVersion")}"),
    ];

    private static string Version(JsonObject set) =>
        set.Items("spec", "template", "spec", "containers")[0].Text("image")!.Split(':')[1];
}

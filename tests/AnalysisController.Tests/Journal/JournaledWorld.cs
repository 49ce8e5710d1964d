using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Rollouts.Analysis;
using Rollouts.AnalysisController.Commands.Replay;
using Rollouts.AnalysisController.Reconcile;
using Rollouts.AnalysisController.Tests.Reconcile;

namespace Rollouts.AnalysisController.Tests.Journal;

/// <summary>A world whose process keeps a journal, and may be killed wherever it is.</summary>
internal sealed class JournaledWorld : IDisposable
{
    private readonly List<string> _folders = [];

    public JournaledWorld() => MoveToAnotherDisk();

    public World World { get; } = new() { RetriesAll = true };

    /// <summary>The state that was patched last.</summary>
    public AnalysisState Patched => StatesOf(World.Server.Patches).Last();

    /// <summary>What the newest run carries for the journal beside its checkpoint.</summary>
    public string? Annotation => (string?)World.Server.Runs[^1]["metadata"]!["annotations"]![RunAnnotations.Lines];

    /// <summary>The process begins again and looks after what its predecessor left.</summary>
    public void Kill()
    {
        World.Start();
        World.CatchUp();
    }

    /// <summary>What begins next finds an empty folder.</summary>
    public void MoveToAnotherDisk()
    {
        _folders.Add(Directory.CreateTempSubdirectory("journal-").FullName);
        World.JournalFolder = _folders[^1];
        World.Start();
    }

    /// <summary>No write succeeds for so long, and then one; what it brought is not on the disk yet.</summary>
    public async Task RunThroughOutageAsync(TimeSpan duration)
    {
        World.Server.Refuse = _ => HttpStatusCode.ServiceUnavailable;
        await World.RunAsync(duration);
        World.Server.Refuse = null;
        await RunToNextPatchAsync();
    }

    /// <summary>What the next patch brings is not on the disk yet.</summary>
    public async Task RunToNextPatchAsync()
    {
        var written = World.Server.Patches.Count;
        for (var step = 0; step < 600 && World.Server.Patches.Count == written; step++)
        {
            await World.RunAsync(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(written + 1, World.Server.Patches.Count);
    }

    public async Task<string[]> ReadAsync(string run = "run-1")
    {
        await World.FlushJournalAsync();
        return (await File.ReadAllLinesAsync(FileOf(run), TestContext.Current.CancellationToken))[1..];
    }

    public string[] Files() =>
        [.. _folders.SelectMany(folder => Directory.GetFiles(folder, "*.jsonl", SearchOption.AllDirectories))];

    public async Task<int> ReplayAsync(string run = "run-1")
    {
        await World.FlushJournalAsync();
        using var input = File.OpenText(FileOf(run));
        using var output = new StringWriter();
        return await ReplayRun.ExecuteAsync(
            input,
            output,
            output,
            new ReplayOptions(),
            TestContext.Current.CancellationToken
        );
    }

    /// <param name="settings">Fields of our provider beside the preset.</param>
    /// <param name="spec">More fields of the run's spec, such as <c>"args":[]</c>.</param>
    public JsonObject Create(string name, string settings = "\"alpha\": 0.01", string spec = "\"args\":[]")
    {
        var now = World.Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
        World.Server.Create(
            $$"""
            {"metadata":{"name":"{{name}}","namespace":"default","uid":"uid-{{name}}","creationTimestamp":"{{now}}",
              "labels":{"rollout-type":"Step","rollouts-pod-template-hash":"new"},
              "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{ {{spec}},"metrics":[{"name":"canary",
               "provider":{"plugin":{"rollouts-companion.io/canary":{"preset":"fast",{{settings}} } } } }]},
             "status":{"phase":"Running","startedAt":"{{now}}"} }
            """
        );
        World.Watch();
        return World.Server.Runs[^1];
    }

    /// <summary>Argo ends a run.</summary>
    public void End(JsonObject run, string phase)
    {
        World.Server.Write(run, JsonNode.Parse($$"""{"status":{"phase":"{{phase}}"} }""")!.AsObject());
        World.Watch();
    }

    /// <summary>The states that patches carried, one after the other.</summary>
    public static IEnumerable<AnalysisState> StatesOf(IEnumerable<JsonObject> patches) =>
        from patch in patches
        let text = (string?)patch["metadata"]?["annotations"]?[RunAnnotations.State]
        where text is not null
        let read = Checkpoint.Read(Convert.FromBase64String(text)) as CheckpointResult.Restored
        where read is not null
        select read.State;

    /// <summary>What is asked for is done, and the answer is lost.</summary>
    public static HttpResponseMessage? LoseAnswer(HttpRequestMessage request) =>
        request.Method == HttpMethod.Patch
            ? new HttpResponseMessage(HttpStatusCode.GatewayTimeout) { Content = new StringContent("{}") }
            : null;

    /// <summary>Whether a line says when time ended the run.</summary>
    public static bool IsEnd(string line) => line.EndsWith("\"canary\":{},\"stable\":{}}", StringComparison.Ordinal);

    public void Dispose()
    {
        World.Dispose();
        _folders.ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    /// <summary>On the disk in use.</summary>
    private string FileOf(string run) =>
        Assert.Single(Directory.GetFiles(_folders[^1], $"{run}.*.jsonl", SearchOption.AllDirectories));
}

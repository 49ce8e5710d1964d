using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Rollouts.AnalysisController.Kubernetes;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// Holds AnalysisRuns, Rollouts and policies as an API server does: resourceVersions, merge patches, conflicts.
/// </summary>
internal sealed class ClusterServer(TimeProvider clock) : HttpMessageHandler
{
    private int _version = 100;

    public List<JsonObject> Runs { get; } = [];

    public List<JsonObject> Rollouts { get; } = [];

    public List<JsonObject> Policies { get; } = [];

    /// <summary>The bodies of all patches that were accepted, whatever they were written to.</summary>
    public List<JsonObject> Patches { get; } = [];

    /// <summary>Those of them that wrote a status.</summary>
    public IEnumerable<JsonObject> StatusPatches => Patches.Where(patch => patch.ContainsKey("status"));

    /// <summary>Every request, as RBAC sees it.</summary>
    public HashSet<(string Group, string Resource, string Verb)> Asked { get; } = [];

    /// <summary>What it serves as the schema of argoproj.io.</summary>
    public string Schema { get; set; } = """{"consecutiveSuccessLimit":{} }""";

    /// <summary>How far its clock is ahead of ours.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Somebody else's write between our read and our patch.</summary>
    public Action? BeforePatch { get; set; }

    /// <summary>Answers a write with an error instead of doing it; null lets it through.</summary>
    public Func<HttpRequestMessage, HttpStatusCode?>? Refuse { get; set; }

    /// <summary>
    /// What becomes of the answer to a request: null lets it through; otherwise the request is done, and this is said
    /// instead.
    /// </summary>
    public Func<HttpRequestMessage, HttpResponseMessage?>? Lose { get; set; }

    public void Create(string json) => Add(Runs, JsonNode.Parse(json)!.AsObject());

    public void Add(List<JsonObject> to, JsonObject item)
    {
        to.Add(item);
        Write(item, []);
    }

    /// <summary>A merge patch of somebody who sends no resourceVersion: Argo.</summary>
    public void Write(JsonObject item, JsonObject patch)
    {
        Merge(item, patch);
        item["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var answer = await DoAsync(request, cancellationToken);
        return Lose?.Invoke(request) ?? answer;
    }

    private async Task<HttpResponseMessage> DoAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = RequiredAccess.Of(request.Method.Method, request.RequestUri!.PathAndQuery);
        Assert.True(asked is null || RequiredAccess.Grants(asked.Value), $"RequiredAccess has no rule for {asked}");
        if (asked is not null)
        {
            Asked.Add(asked.Value);
        }

        if (request.Method != HttpMethod.Get && Refuse?.Invoke(request) is { } refusal)
        {
            return new HttpResponseMessage(refusal) { Content = new StringContent("{}") };
        }

        if (request.RequestUri!.AbsolutePath.StartsWith("/openapi/", StringComparison.Ordinal))
        {
            return new HttpResponseMessage { Content = new StringContent(Schema) };
        }

        // apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL[/NAME[/status]]
        var path = request.RequestUri!.AbsolutePath.Trim('/').Split('/');
        var items = path[5] switch
        {
            "analysisruns" => Runs,
            "rollouts" => Rollouts,
            "canarypolicies" => Policies,
            var other => throw new InvalidOperationException($"this server holds no {other}"),
        };
        var body = request.Content is { } content
            ? JsonNode.Parse(await content.ReadAsStringAsync(cancellationToken))!.AsObject()
            : [];
        if (request.Method == HttpMethod.Post)
        {
            return CreateIn(items, body);
        }

        if (items.Find(item => (string?)item["metadata"]!["name"] == path[6]) is not { } found)
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{}") };
        }

        if (request.Method == HttpMethod.Delete)
        {
            items.Remove(found);
        }
        else if (request.Method == HttpMethod.Patch)
        {
            BeforePatch?.Invoke();
            BeforePatch = null;
            if ((string?)body["metadata"]!["resourceVersion"] != (string?)found["metadata"]!["resourceVersion"])
            {
                return new HttpResponseMessage(HttpStatusCode.Conflict) { Content = new StringContent("{}") };
            }

            Patches.Add(body.DeepClone().AsObject());
            Write(found, body);
        }

        return Answer(found);
    }

    private HttpResponseMessage CreateIn(List<JsonObject> items, JsonObject body)
    {
        var metadata = body["metadata"]!.AsObject();
        if (items.Exists(item => (string?)item["metadata"]!["name"] == (string?)metadata["name"]))
        {
            return new HttpResponseMessage(HttpStatusCode.Conflict) { Content = new StringContent("{}") };
        }

        metadata["uid"] = $"uid-{items.Count}-{_version}";
        metadata["creationTimestamp"] = clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
        Add(items, body);
        return Answer(body);
    }

    private HttpResponseMessage Answer(JsonObject item)
    {
        var response = new HttpResponseMessage { Content = new StringContent(item.ToJsonString(), Encoding.UTF8) };
        response.Headers.Date = clock.GetUtcNow() + Skew;
        return response;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is JsonObject child && target[key] is JsonObject existing)
            {
                Merge(existing, child);
            }
            else if (value is null)
            {
                target.Remove(key);
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }
}

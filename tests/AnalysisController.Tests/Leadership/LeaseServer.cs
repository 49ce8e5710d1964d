using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Rollouts.AnalysisController.Tests.Leadership;

/// <summary>
/// An API server that holds one lease and one AnalysisRun, and a network that delivers late: what was sent arrives even
/// if its sender has given up meanwhile.
/// </summary>
internal sealed class LeaseServer
{
    private readonly PriorityQueue<Action, (TimeSpan At, int Order)> _due = new();
    private JsonObject? _lease;
    private int _version;
    private int _order;

    /// <summary>True time, which no candidate sees.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Who wrote the AnalysisRun, and who held the lease at that moment.</summary>
    public List<(string Writer, string Holder, TimeSpan At)> Writes { get; } = [];

    public string Holder => (string?)_lease?["spec"]?["holderIdentity"] ?? "";

    public int RunVersion { get; private set; } = 1;

    public void After(TimeSpan delay, Action action) => _due.Enqueue(action, (Now + delay, _order++));

    public void Advance(TimeSpan by)
    {
        var target = Now + by;
        while (_due.TryPeek(out var action, out var key) && key.At <= target)
        {
            _due.Dequeue();
            Now = key.At;
            action();
        }

        Now = target;
    }

    public void DeleteLease() => _lease = null;

    public HttpResponseMessage Answer(HttpMethod method, string path, JsonObject body, string sender)
    {
        if (path.Contains("/analysisruns/", StringComparison.Ordinal))
        {
            return AnswerRun(body, sender);
        }

        if (method == HttpMethod.Post)
        {
            if (_lease is not null)
            {
                return Say(HttpStatusCode.Conflict, []);
            }

            _lease = body;
            return Stored();
        }

        if (_lease is null)
        {
            return Say(HttpStatusCode.NotFound, []);
        }

        if (method == HttpMethod.Get)
        {
            return Say(HttpStatusCode.OK, _lease);
        }

        if ((string?)body["metadata"]!["resourceVersion"] != (string?)_lease["metadata"]!["resourceVersion"])
        {
            return Say(HttpStatusCode.Conflict, []);
        }

        foreach (var (field, value) in body["spec"]!.AsObject())
        {
            _lease["spec"]![field] = value!.DeepClone();
        }

        return Stored();
    }

    private HttpResponseMessage AnswerRun(JsonObject body, string sender)
    {
        var sent = (string?)body["metadata"]!["resourceVersion"];
        if (sent is not null && sent != RunVersion.ToString(CultureInfo.InvariantCulture))
        {
            return Say(HttpStatusCode.Conflict, []);
        }

        RunVersion++;
        Writes.Add((sender, Holder, Now));
        return Say(HttpStatusCode.OK, []);
    }

    private HttpResponseMessage Stored()
    {
        _lease!["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        return Say(HttpStatusCode.OK, _lease);
    }

    private static HttpResponseMessage Say(HttpStatusCode code, JsonObject body) =>
        new(code) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8) };
}

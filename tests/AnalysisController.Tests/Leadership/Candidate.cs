using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.AnalysisController.Leadership;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Leadership;

/// <summary>
/// One process: its own clock, which may be wrong, be paused and jump; its own way to the server, which may be cut; and
/// a term that writes twice a second without asking whether it may.
/// </summary>
internal sealed class Candidate : IDisposable
{
    private static readonly ObjectKey Run = new("default", "run-1");

    private readonly HttpClient _http;
    private readonly KubernetesClient _client;
    private readonly LeaderElection _election;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Action> _held = [];
    private TimeSpan _behind;

    public Candidate(string name, LeaseServer server, int seed)
    {
        Name = name;
        Fence = new WriteFence(Clock);
        _http = new HttpClient(new Way(this, server)) { BaseAddress = new Uri("http://cluster/") };
        _client = new KubernetesClient(_http, Clock, Fence);
        _election = new LeaderElection(
            new KubernetesClient(_http, Clock),
            new LeaderElectionOptions
            {
                Lease = new ObjectKey("default", "analysis-controller"),
                Identity = name,
                LeaseDuration = TimeSpan.FromSeconds(15),
                RenewDeadline = TimeSpan.FromSeconds(10),
                RetryPeriod = TimeSpan.FromSeconds(2),
            },
            Fence,
            Clock,
            new Random(seed),
            NullLogger.Instance
        );
    }

    public string Name { get; }

    public VirtualClock Clock { get; } = new();

    public WriteFence Fence { get; }

    public bool IsPaused { get; private set; }

    /// <summary>Nothing of this process reaches the server, and nothing comes back.</summary>
    public bool IsPartitioned { get; set; }

    /// <summary>How long a request takes there, and its answer back.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How much faster than true time this process's clocks run.</summary>
    public double Drift { get; set; } = 1;

    public int Terms { get; private set; }

    public int Refused { get; private set; }

    public Task Running { get; private set; } = Task.CompletedTask;

    public void Start() => Running = _election.RunAsync(LeadAsync, _stop.Token);

    public void Stop() => _stop.Cancel();

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        Clock.Jump(_behind);
        _behind = TimeSpan.Zero;
        var held = _held.ToList();
        _held.Clear();
        held.ForEach(action => action());
    }

    public void Advance(TimeSpan by)
    {
        if (IsPaused)
        {
            _behind += by * Drift;
        }
        else
        {
            Clock.Advance(by * Drift);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task LeadAsync(CancellationToken stop, CancellationToken lost)
    {
        Terms++;
        while (!stop.IsCancellationRequested && !lost.IsCancellationRequested)
        {
            try
            {
                // No resourceVersion: what keeps this write from the other's term is the fence alone.
                await _client.PatchAsync(
                    ResourceTypes.AnalysisRuns,
                    Run,
                    new JsonObject { ["metadata"] = new JsonObject() },
                    CancellationToken.None
                );
            }
            catch (KubernetesException e) when (e.Message.Contains("not the leader", StringComparison.Ordinal))
            {
                Refused++;
            }
            catch (KubernetesException)
            {
                // The network of this world is bad on purpose.
            }

            await Pauses.WaitAsync(Clock, TimeSpan.FromMilliseconds(500));
        }
    }

    private void Deliver(Action action)
    {
        if (IsPaused)
        {
            _held.Add(action);
        }
        else
        {
            action();
        }
    }

    /// <summary>The network between one candidate and the server.</summary>
    private sealed class Way(Candidate candidate, LeaseServer server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var answer = new TaskCompletionSource<HttpResponseMessage>();
            cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
            var body = request.Content is null ? [] : Read(request.Content);
            if (!candidate.IsPartitioned)
            {
                server.After(
                    candidate.Latency,
                    () =>
                    {
                        var response = server.Answer(
                            request.Method,
                            request.RequestUri!.AbsolutePath,
                            body,
                            candidate.Name
                        );
                        server.After(
                            candidate.Latency,
                            () =>
                            {
                                if (!candidate.IsPartitioned)
                                {
                                    candidate.Deliver(() => answer.TrySetResult(response));
                                }
                            }
                        );
                    }
                );
            }

            return answer.Task;
        }

        private static JsonObject Read(HttpContent content)
        {
            using var stream = content.ReadAsStream(CancellationToken.None);
            return JsonNode.Parse(stream)!.AsObject();
        }
    }
}

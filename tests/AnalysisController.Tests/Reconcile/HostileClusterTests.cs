using System.Net;

namespace Rollouts.AnalysisController.Tests.Reconcile;

/// <summary>
/// The real reconciler against an API server of which two answers in five are wrong, in every way that it can be wrong:
/// the verdict is right, and written once.
/// </summary>
public sealed class HostileClusterTests
{
    private const int Seeds = 4;

    [Theory]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.Gone)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public Task Requests_that_are_refused_change_no_verdict(HttpStatusCode code) =>
        AssertRightAsync(
            (server, random) =>
            {
                server.Refuse = _ => random.NextDouble() < .4 ? code : null;
                server.Lose = request =>
                    request.Method == HttpMethod.Get && random.NextDouble() < .4 ? Answer("{}", code) : null;
            }
        );

    [Fact]
    public Task Requests_that_are_done_and_whose_answer_is_cut_change_no_verdict() =>
        AssertRightAsync(
            (server, random) =>
                server.Lose = _ => random.NextDouble() < .4 ? Answer("""{"metadata":{"name":"run-1","resou""") : null
        );

    [Fact]
    public Task Requests_that_are_done_and_answered_with_an_error_change_no_verdict() =>
        AssertRightAsync(
            (server, random) =>
                server.Lose = _ => random.NextDouble() < .4 ? Answer("{}", HttpStatusCode.BadGateway) : null
        );

    [Fact]
    public Task A_wait_that_the_server_asks_for_changes_no_verdict() =>
        AssertRightAsync(
            (server, random) =>
                server.Lose = _ =>
                {
                    var answer = Answer("{}", HttpStatusCode.TooManyRequests);
                    answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(3));
                    return random.NextDouble() < .4 ? answer : null;
                }
        );

    private static HttpResponseMessage Answer(string body, HttpStatusCode code = HttpStatusCode.OK) =>
        new(code) { Content = new StringContent(body) };

    private static async Task AssertRightAsync(Action<ClusterServer, Random> disturb)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            foreach (var (errors, phase) in new[] { (.2, "Failed"), (.001, "Successful") })
            {
                using var world = new World { CanaryErrorRatio = errors, RetriesAll = true };
                Create(world);
                disturb(world.Server, new Random(seed));

                await world.RunAsync(TimeSpan.FromSeconds(90));

                var written = world
                    .Server.Patches.Select(patch => (string?)patch["status"]?["metricResults"]?[0]?["phase"])
                    .Where(text => text is not (null or "Running"))
                    .ToList();
                Assert.True(written is [var only] && only == phase, $"seed {seed}, errors {errors}: "
                    + $"wrote [{string.Join(", ", written)}], wanted one {phase}");
            }
        }
    }

    private static void Create(World world)
    {
        var now = world.Clock.GetUtcNow().ToString("o", System.Globalization.CultureInfo.InvariantCulture);
        world.Server.Create(
            $$"""
            {"metadata":{"name":"run-1","namespace":"default","uid":"uid-1","creationTimestamp":"{{now}}",
              "labels":{"rollout-type":"Step","rollouts-pod-template-hash":"new"},
              "ownerReferences":[{"kind":"Rollout","name":"sample","uid":"ro-1","controller":true}]},
             "spec":{"metrics":[{"name":"canary",
               "provider":{"plugin":{"rollouts-companion.io/canary":{"preset":"fast","deadlineSeconds":80} } } }]},
             "status":{"phase":"Running","startedAt":"{{now}}"} }
            """
        );
        world.Watch();
    }
}

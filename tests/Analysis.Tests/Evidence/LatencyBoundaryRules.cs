using Rollouts.Analysis.Evidence;

namespace Rollouts.Analysis.Tests.Evidence;

public sealed class LatencyBoundaryRules
{
    [Theory]
    [InlineData(199, null)]
    [InlineData(200, 1)]
    public void Boundary_is_chosen_from_two_hundred_requests_on(double requests, int? boundary)
    {
        Assert.Equal(boundary, LatencyBoundary.Choose([150, 20, 1], requests, .5));
        Assert.Null(LatencyBoundary.Choose([], 1000, .5));
    }
}

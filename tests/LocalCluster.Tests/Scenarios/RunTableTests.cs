using Rollouts.LocalCluster.Scenarios;
using Rollouts.LocalCluster.Tests.ApiServer;

namespace Rollouts.LocalCluster.Tests.Scenarios;

public sealed class RunTableTests
{
    [Fact]
    public void The_rows_asked_for_are_laid_out_as_kubectl_does()
    {
        var table = Cluster.Object("""
            kind: Table
            columnDefinitions:
            - {name: Name, priority: 0}
            - {name: Status, priority: 0}
            - {name: Secret, priority: 1}
            - {name: Age, priority: 0}
            rows:
            - cells: [sample-1, Successful, x, 61s]
            - cells: [other, Failed, x, 5s]
            - cells: [sample-22, Failed, x, 5s]
            """);

        Assert.Equal(
            """
            NAME        STATUS       AGE
            sample-1    Successful   61s
            sample-22   Failed       5s
            """,
            RunTable.Print(table, ["sample-1", "sample-22"]));
    }
}

namespace Rollouts.LocalCluster.Tests.ApiServer.Kubectl;

internal sealed record KubectlResult(int ExitCode, string Output, string Error)
{
    /// <summary>The output of a command that must have succeeded in silence.</summary>
    public string Good
    {
        get
        {
            Assert.Equal((0, ""), (ExitCode, Error));
            return Output;
        }
    }

    /// <summary>The error of a command that must have failed.</summary>
    public string Bad
    {
        get
        {
            Assert.NotEqual(0, ExitCode);
            return Error;
        }
    }
}

using System.CommandLine;
using Rollouts.AnalysisController.Leadership;

namespace Rollouts.AnalysisController.Commands;

/// <summary>The options of <c>run</c> that make two replicas possible.</summary>
internal sealed class LeaderElectionFlags
{
    private const string DefaultName = "analysis-controller";

    private readonly Option<bool> _elect = new("--leader-elect")
    {
        Description = "Write only while a Lease says that it is this process's turn; needed with two replicas.",
        DefaultValueFactory = _ => false,
    };

    private readonly Option<string> _name = new("--leader-elect-lease-name")
    {
        Description = "Name of the Lease; controllers with different names know nothing of each other.",
        DefaultValueFactory = _ => DefaultName,
    };

    private readonly Option<string?> _namespace = new("--leader-elect-namespace")
    {
        Description = "Namespace of the Lease. Default: the pod's own, then the context's, then default.",
    };

    private readonly Option<TimeSpan> _leaseDuration = DurationOption.Create(
        "--leader-elect-lease-duration",
        TimeSpan.FromSeconds(15),
        "How long a stand-by waits after the leader's last renewal before it takes over.");

    private readonly Option<TimeSpan> _renewDeadline = DurationOption.Create(
        "--leader-elect-renew-deadline",
        TimeSpan.FromSeconds(10),
        "How long a leader writes after its last renewal; less than the lease's duration.");

    private readonly Option<TimeSpan> _retryPeriod = DurationOption.Create(
        "--leader-elect-retry-period",
        TimeSpan.FromSeconds(2),
        "How often the lease is renewed, or looked at.");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _elect, _name, _namespace, _leaseDuration, _renewDeadline, _retryPeriod })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (
                result.Errors.Any() is false
                && LeaderElectionOptions.ProblemOf(
                    result.GetValue(_leaseDuration),
                    result.GetValue(_renewDeadline),
                    result.GetValue(_retryPeriod)) is { } problem)
            {
                result.AddError(problem);
            }
        });
    }

    /// <summary>Null when nobody else is expected.</summary>
    public LeaseOptions? Read(ParseResult arguments) =>
        arguments.GetValue(_elect)
            ? new LeaseOptions(
                arguments.GetValue(_name) ?? DefaultName,
                arguments.GetValue(_namespace),
                arguments.GetValue(_leaseDuration),
                arguments.GetValue(_renewDeadline),
                arguments.GetValue(_retryPeriod))
            : null;
}

using System.CommandLine;
using Rollouts.AnalysisController.Leadership;

namespace Rollouts.AnalysisController.Commands;

/// <summary>The options of <c>run</c> that make two replicas possible; the defaults are client-go's.</summary>
internal sealed class LeaderElectionFlags
{
    private const string DefaultName = "analysis-controller";

    private readonly Option<bool> _elect = new("--leader-elect")
    {
        Description = "Write only while a Lease says that it is this process's turn; needed with two replicas.",
    };

    private readonly Option<string> _name = new("--leader-elect-lease-name")
    {
        Description = "Name of the Lease; controllers with different names know nothing of each other.",
        DefaultValueFactory = _ => DefaultName,
        Validators = { ObjectNames.CheckName },
    };

    private readonly Option<string?> _namespace = new("--leader-elect-namespace")
    {
        Description = "Namespace of the Lease. Default: the pod's own, then the context's, then default.",
        Validators = { ObjectNames.CheckNamespace },
    };

    private readonly DurationOption _leaseDuration = new(
        "--leader-elect-lease-duration",
        "15s",
        "How long a stand-by waits after the leader's last renewal before it takes over.");

    private readonly DurationOption _renewDeadline = new(
        "--leader-elect-renew-deadline",
        "10s",
        "How long a leader writes after its last renewal; less than the lease's duration.");

    private readonly DurationOption _retryPeriod = new(
        "--leader-elect-retry-period",
        "2s",
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
                LeaderElectionOptions.ProblemOf(
                    _leaseDuration.Read(result),
                    _renewDeadline.Read(result),
                    _retryPeriod.Read(result)) is { } problem)
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
                _leaseDuration.Read(arguments),
                _renewDeadline.Read(arguments),
                _retryPeriod.Read(arguments))
            : null;
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Rollouts.AnalysisController.Leadership;

namespace Rollouts.AnalysisController.Commands;

/// <summary>The options of <c>run</c> that make two replicas possible; the defaults are client-go's.</summary>
internal sealed class LeaderElectionFlags
{
    private const string DefaultName = "analysis-controller";

    private static readonly TimeSpan DefaultLeaseDuration = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan DefaultRenewDeadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DefaultRetryPeriod = TimeSpan.FromSeconds(2);

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
        DefaultLeaseDuration,
        "How long a stand-by waits after the leader's last renewal before it takes over.");

    private readonly Option<TimeSpan> _renewDeadline = DurationOption.Create(
        "--leader-elect-renew-deadline",
        DefaultRenewDeadline,
        "How long a leader writes after its last renewal; less than the lease's duration.");

    private readonly Option<TimeSpan> _retryPeriod = DurationOption.Create(
        "--leader-elect-retry-period",
        DefaultRetryPeriod,
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
                    Given(result, _leaseDuration) ?? DefaultLeaseDuration,
                    Given(result, _renewDeadline) ?? DefaultRenewDeadline,
                    Given(result, _retryPeriod) ?? DefaultRetryPeriod) is { } problem)
            {
                result.AddError(problem);
            }
        });
    }

    /// <summary>Null when the option was left out: a default is not known yet while options are checked.</summary>
    private static TimeSpan? Given(CommandResult command, Option<TimeSpan> option) =>
        command.GetResult(option) is { Implicit: false } result ? result.GetValueOrDefault<TimeSpan>() : null;

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

namespace Rollouts.Api.Faults;

/// <summary>What can be made to go wrong on purpose.</summary>
internal enum FaultKind
{
    /// <summary>Answers a share of the requests with an error.</summary>
    Error,

    /// <summary>Delays a share of the requests.</summary>
    Slow,

    /// <summary>Burns processor time.</summary>
    Cpu,

    /// <summary>Leaks memory up to a cap.</summary>
    Memory,

    /// <summary>Ends the process.</summary>
    Crash,

    /// <summary>Never answers; probes are spared, <c>/health</c> is not.</summary>
    Hang,

    /// <summary>Fails the readiness probe.</summary>
    Unready,

    /// <summary>Fails the liveness probe and <c>/health</c>.</summary>
    Unhealthy,

    /// <summary>Answers <c>/metrics</c> with 404.</summary>
    MetricsMissing,

    /// <summary>Answers <c>/metrics</c> with a body that is no exposition.</summary>
    MetricsGarbage,

    /// <summary>Sets counters back to zero without a restart.</summary>
    CounterReset,

    /// <summary>Shifts the mix of item categories.</summary>
    ClassDrift,
}

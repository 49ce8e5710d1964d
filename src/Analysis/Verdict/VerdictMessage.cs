using Rollouts.Analysis.Evidence;
using Rollouts.Analysis.Metrics;

namespace Rollouts.Analysis.Verdict;

/// <summary>The one line that a person reads; it begins with the reason.</summary>
internal static class VerdictMessage
{
    public static string Compose(CanaryVerdict verdict)
    {
        if (verdict.Source is not { } state)
        {
            return verdict.Reason;
        }

        var text = verdict.Reason switch
        {
            VerdictReason.WorseThanStable => Blame(state) + ". " + Evidence(state, verdict.LogTotal),
            VerdictReason.EvidenceAgainstCanary =>
                $"{Blame(state)}. {Evidence(state, verdict.LogTotal)}; no Pass from evidence "
                + $"{Wording.Significant(state.Spec.HoldPromotionEvidence)} on",
            VerdictReason.WithinMargins => Passed(state) + ". " + Evidence(state, verdict.LogTotal),
            VerdictReason.LimitsMet =>
                "no comparable traffic, but every absolute limit is met: " + Limits(state, LimitResult.Met),
            VerdictReason.LimitBreached => Limits(state, LimitResult.Breached),
            VerdictReason.NoHarmAtDeadline =>
                "deadline reached, nothing speaks against the canary, and onDeadline is PassIfNoHarm. "
                + "By evidence alone: " + Missing(state),
            VerdictReason.Held => HeldBy(state),
            VerdictReason.CrashLoop => $"canary pod {state.Troubles.CanaryInCrashLoop} is in CrashLoopBackOff; "
                + "no stable pod was in the last 10 min",
            VerdictReason.OutOfMemory =>
                $"canary pod {state.Troubles.CanaryKilledTwice} was killed for memory (OOMKilled) twice; "
                + "no stable pod was in the last 10 min",
            VerdictReason.NeverReady =>
                "no canary pod was Ready within " + Wording.Duration(state.Spec.NeverReadyAfter),
            VerdictReason.MemoryLimitProjected => string.Join("; ", state.Metrics.OfType<GaugeState>()
                .Where(gauge => gauge.ReachesLimit)
                .Select(gauge =>
                    MetricSentence.Of(state, gauge) + ": a canary container reaches its memory limit within 1 h")),
            VerdictReason.NoCanaryTraffic =>
                $"the canary served no request in this step, {Served(state, Arm.Stable)}; "
                + "check the weight, the route and the Service" + AnswersWithoutMetrics(state),
            VerdictReason.NoStableTraffic => "neither arm served a request in this step: nothing to compare",
            VerdictReason.NoComparableTraffic =>
                $"the arms do not serve requests at the same time: in this step {Served(state, Arm.Canary)}, "
                + $"{Served(state, Arm.Stable)}; {WithoutComparison(state)}",
            VerdictReason.ScrapeUnreachable =>
                "every pod of both arms is unreachable; a NetworkPolicy or a service mesh "
                + "may keep the scraper out. Last: " + LastFailure(state),
            VerdictReason.ScrapeFailed => "no usable scrape of " + DeafArm(state) + ". Last: " + LastFailure(state),
            VerdictReason.NoMetrics => $"pods answer, but no request metric that is known is seen on {DeafArm(state)}: "
                + "no request was served yet, or the policy must name a profile or the metrics",
            VerdictReason.ProfileMismatch => $"stable exports {state.Troubles.Stable.Profile}, the canary "
                + $"{state.Troubles.Canary.Profile}: their requests cannot be compared",
            VerdictReason.NotEnoughEvidence => $"deadline reached. {Shown(state)}{Missing(state)}",
            _ => Progress(state, verdict.LogTotal),
        };
        return $"{verdict.Reason}: {text}";
    }

    private static string Evidence(AnalysisState state, double logTotal) =>
        $"Evidence {Wording.Evidence(logTotal)}, abort at {Wording.Significant(1 / state.Spec.Alpha)}";

    private static string Blame(AnalysisState state)
    {
        var worst = 0;
        for (var i = 1; i < state.Metrics.Length; i++)
        {
            worst = VerdictPolicy.LogTerm(state, i) > VerdictPolicy.LogTerm(state, worst) ? i : worst;
        }

        return MetricSentence.Of(state, state.Metrics[worst]);
    }

    private static string Passed(AnalysisState state)
    {
        var asked = state.Metrics.Where(metric => VerdictPolicy.Asks(state, metric)).ToArray();
        var sentence = asked.Length > 0 ? MetricSentence.Of(state, asked[0]) : "no metric with a margin is judged";
        var margins = string.Join(", ", asked.Select(metric =>
            $"{metric.Spec.Name} {Line(metric)}"));
        return asked.Length > 0
            ? $"{sentence}; within the margins ({margins}) at {Wording.Percent(1 - state.Spec.Beta)}" : sentence;
    }

    private static string Progress(AnalysisState state, double logTotal)
    {
        if (!Traffic.WasCompared(state))
        {
            var warmUp = state.Troubles.Rounds > 0
                ? $"; pods contribute from {Wording.Duration(state.Spec.WarmUp)} after Ready"
                : "";
            return $"no traffic to compare yet{warmUp}. {Missing(state)}";
        }

        return $"{Shown(state)}{Evidence(state, logTotal)}. {Missing(state)}";
    }

    /// <summary>
    /// The metric that keeps Pass waiting, or the first one that it asks, with a full stop; else nothing.
    /// </summary>
    private static string Shown(AnalysisState state)
    {
        var asked = state.Metrics.Where(metric =>
            VerdictPolicy.Asks(state, metric) && metric.InStep.CanaryExposure > 0);
        return (Forecast.Of(state)?.Metric ?? asked.FirstOrDefault()) is { } shown
            ? MetricSentence.Of(state, shown) + ". "
            : "";
    }

    /// <summary>What is still missing for Pass, and whether it comes in time.</summary>
    private static string Missing(AnalysisState state)
    {
        var age = state.LatestAt - state.StepStartedAt;
        var minimum = state.Spec.MinimumStep > age
            ? $"Pass not before {Wording.Duration(state.Spec.MinimumStep - age)} from now (minimum step)"
            : "";
        if (Forecast.Of(state) is not { } forecast)
        {
            var waits =
                state.Metrics.FirstOrDefault(metric =>
                    VerdictPolicy.Asks(state, metric) && !metric.Passes(state.Spec.Beta));
            return waits is null ? minimum.Length > 0 ? minimum : "Every margin is met"
                : waits is LatencyState && waits.InStep.CanaryExposure <= 0
                    ? $"Pass waits for canary requests, and {Wording.Count(LatencyBoundary.FewestRequests)} of stable "
                        + $"before them ({waits.Spec.Name})"
                    : $"Pass waits for canary {MetricSentence.Unit(waits)} ({waits.Spec.Name})";
        }

        var unit = MetricSentence.Unit(forecast.Metric);
        var name = forecast.Metric.Spec.Name;
        if (forecast.Exposure is not { } exposure)
        {
            return $"No Pass at the present ratios ({name}): the canary would have to come below "
                + Line(forecast.Metric);
        }

        var wait = forecast.Wait is { } span ? $", {Wording.Duration(span)} at the present rate" : "";
        var text = $"Pass needs about {Wording.About(exposure)} more canary {unit} ({name}){wait}";
        return Left(state) is { } left && left > TimeSpan.Zero && forecast.Wait > left
            ? $"{text}: beyond the deadline in {Wording.Duration(left)}; a wider margin ({name}.margin) or more weight "
                + "would bring Pass within reach"
            : minimum.Length > 0 && !(forecast.Wait > state.Spec.MinimumStep - age) ? $"{text}; {minimum}" : text;
    }

    /// <summary>The line that a Pass must come below: <c>1.5 × stable + 0.5 points</c>.</summary>
    private static string Line(MetricState metric) =>
        $"{Wording.Significant(metric.Spec.Tolerance)} × stable + {Wording.Points(metric.Spec.Margin ?? 0)}";

    private static TimeSpan? Left(AnalysisState state) =>
        state.Spec.Deadline is { } deadline ? deadline - (state.LatestAt - state.DeadlineFrom) : null;

    private static string HeldBy(AnalysisState state) => VerdictPolicy.RaisedHold(state) is { } metric
        ? $"{MetricSentence.Of(state, metric)}; action Hold: Pass is withheld"
        : "Pass is withheld";

    private static string Limits(AnalysisState state, LimitResult result) => string.Join("; ", state.Spec.Limits
        .Where(limit => AbsoluteLimit.Check(state, limit) == result)
        .Select(limit =>
        {
            var metric = state.Metrics.First(candidate => candidate.Spec.Name == limit.Metric);
            var counts = AbsoluteLimit.CountsOf(metric, limit);
            return $"{MetricSentence.Subject(metric)} {Wording.Percent(counts.Bad / counts.All)} of "
                + $"{Wording.Count(counts.All)} canary "
                + $"{MetricSentence.Unit(metric)}, limit {Wording.Percent(limit.Most)}";
        }));

    private static string Served(AnalysisState state, Arm arm)
    {
        var name = arm == Arm.Canary ? "the canary" : "stable";
        var served = Traffic.ServedInStep(state, arm);
        return served > 0 ? $"{name} served {Wording.Count(served)} requests" : $"{name} served none";
    }

    /// <summary>What the absolute limits say where the arms cannot be compared.</summary>
    private static string WithoutComparison(AnalysisState state) => state.Spec.Limits.IsEmpty
        ? "an absolute limit in the policy (limits) could decide, and there is none"
        : "no absolute limit has its minimum of requests yet: " + string.Join("; ", state.Spec.Limits.Select(limit =>
        {
            var metric = state.Metrics.First(candidate => candidate.Spec.Name == limit.Metric);
            return $"{limit.Metric} has {Wording.Count(AbsoluteLimit.CountsOf(metric, limit).All)} of "
                + $"{Wording.Count(limit.MinimumExposure)} {MetricSentence.Unit(metric)}";
        }));

    private static string AnswersWithoutMetrics(AnalysisState state) =>
        state.Troubles.Canary is { Asked: > 0, Profile: null } && state.Troubles.Stable.Profile is not null
            ? "; its pods answer, but export no request metric yet"
            : "";

    private static string DeafArm(AnalysisState state) =>
        (state.Troubles.Canary.Usable, state.Troubles.Stable.Usable) switch
    {
        (0, 0) => "both arms",
        (0, _) => "the canary",
        _ => "stable",
    };

    private static string LastFailure(AnalysisState state) => state.Troubles.Canary.Failure.Length > 0
        ? state.Troubles.Canary.Failure
        : state.Troubles.Stable.Failure.Length > 0 ? state.Troubles.Stable.Failure : "no answer";
}

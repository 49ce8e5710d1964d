namespace Rollouts.Simulation.Deciders;

/// <summary>
/// Kayenta's NetflixACAJudge with its defaults on error ratio and p99 per minute, at 10, 20 and 30 minutes.
/// </summary>
/// <remarks>
/// Source: spinnaker/kayenta, NetflixACAJudge.scala and MannWhitneyClassifier.scala: two-sided Mann-Whitney at 0.98
/// with tolerance 0.25 of the Hodges-Lehmann estimate, direction increase. Either metric High gives a score of 50,
/// below 75, hence fails.
/// </remarks>
internal sealed class KayentaDecider : Decider
{
    private const int WindowIntervals = 6;
    private const int LookMinutes = 10;
    private const double Critical = 2.326;
    private readonly List<double>[] _series = [[], [], [], []];
    private ArmTotals? _canary;
    private ArmTotals? _stable;
    private int _intervals;

    public override string Name => "Kayenta";

    public override bool Aborts(ArmView view)
    {
        _canary = view.Canary.After(_canary);
        _stable = view.Stable.After(_stable);
        if (++_intervals % WindowIntervals != 0)
        {
            return false;
        }

        Add(0, _canary.ErrorRatio, _stable.ErrorRatio);
        Add(2, _canary.Quantile(.99), _stable.Quantile(.99));
        (_canary, _stable) = (null, null);
        return _intervals % (WindowIntervals * LookMinutes) == 0
            && (IsHigh(_series[0], _series[1]) || IsHigh(_series[2], _series[3]));
    }

    private void Add(int at, double canary, double stable)
    {
        if (double.IsFinite(canary) && double.IsFinite(stable))
        {
            _series[at].Add(canary);
            _series[at + 1].Add(stable);
        }
    }

    /// <summary>The lower end of the location shift's interval is above the tolerance.</summary>
    private static bool IsHigh(List<double> canary, List<double> stable)
    {
        if (canary.Count == 0)
        {
            return false;
        }

        var differences = canary.SelectMany(x => stable.Select(y => x - y)).Order().ToArray();
        var estimate = differences[differences.Length / 2];
        double m = canary.Count, n = stable.Count;
        var rank = (int)Math.Floor((m * n / 2) - (Critical * Math.Sqrt(m * n * (m + n + 1) / 12)));
        return rank >= 0 && rank < differences.Length && differences[rank] > .25 * Math.Abs(estimate) && estimate > 0;
    }
}

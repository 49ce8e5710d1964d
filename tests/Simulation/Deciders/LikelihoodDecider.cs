namespace Rollouts.Simulation.Deciders;

/// <summary>
/// A sequential likelihood ratio on the errors' share that takes every error as independent of the others.
/// </summary>
/// <remarks>
/// A mixture over four alternatives against 1.5 times stable, at 1 %: valid without bursts, and what bursts break.
/// </remarks>
internal sealed class LikelihoodDecider : Decider
{
    private const double Tolerance = 1.5;
    private static readonly double[] Alternatives = [3, 6, 15, 50];
    private readonly double[] _log = new double[Alternatives.Length];

    public override string Name => "plain count LR";

    public override bool Aborts(ArmView view)
    {
        double nc = view.Canary.Requests, ns = view.Stable.Requests;
        if (nc <= 0 || ns <= 0)
        {
            return false;
        }

        var fair = Tolerance * nc / ((Tolerance * nc) + ns);
        var highest = double.NegativeInfinity;
        for (var i = 0; i < Alternatives.Length; i++)
        {
            var share = Alternatives[i] * nc / ((Alternatives[i] * nc) + ns);
            _log[i] += (view.Canary.Errors * Math.Log(share / fair))
                + (view.Stable.Errors * Math.Log((1 - share) / (1 - fair)));
            highest = Math.Max(highest, _log[i]);
        }

        return highest + Math.Log(_log.Sum(log => Math.Exp(log - highest)) / Alternatives.Length) >= Math.Log(100);
    }
}

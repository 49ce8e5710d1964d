using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rollouts.Analysis.Evidence;

/// <summary>
/// Evidence about the difference canary - rho * stable of one step: the Pass test and the difference plot; immutable.
/// </summary>
/// <remarks>
/// Question: is the canary's bad ratio at most rho times stable's plus eps? For each delta the process a*ln(1+delta) +
/// b*ln(1-rho*r*delta) - eps*nc*delta, r = nc/ns, has exponential mean at most 1 on its side of the line (Poisson:
/// equality; Bernoulli: 1+x is at most e^x); eight deltas a side are mixed with equal weights. Dividing by phi is exact
/// for clusters of at most phi events. See docs/statistics.md, section 4. Roots by bisection to the last bit.
/// </remarks>
internal sealed record MarginBound(
    double Rho,
    ImmutableArray<double> NotWorse,
    ImmutableArray<double> Worse,
    double CanaryExposure,
    double WorseExposure)
{
    public const int Deltas = 8;

    private static ReadOnlySpan<double> DeltaGrid => [.03, .07, .15, .3, .5, .7, .85, .95];

    public static MarginBound Start(double rho) => new(rho, [.. new double[Deltas]], [.. new double[Deltas]], 0, 0);

    /// <summary>Adds one interval; without exposure on both arms it says nothing and is left out.</summary>
    public MarginBound Update(ArmCounts counts)
    {
        if (!counts.HasTrafficOnBothArms)
        {
            return this;
        }

        var ratio = Rho * counts.CanaryExposure / counts.StableExposure;
        var shrink = Math.Max(1, ratio);
        var notWorse = new double[Deltas];
        var worse = new double[Deltas];
        for (var j = 0; j < Deltas; j++)
        {
            var down = DeltaGrid[j];
            var up = down / shrink;
            notWorse[j] = NotWorse[j]
                + (counts.CanaryBad * LogMath.LogOnePlus(-down))
                    + (counts.StableBad * LogMath.LogOnePlus(ratio * down));
            worse[j] = Worse[j]
                + (counts.CanaryBad * LogMath.LogOnePlus(up)) + (counts.StableBad * LogMath.LogOnePlus(-ratio * up));
        }

        return new MarginBound(
            Rho,
            ImmutableCollectionsMarshal.AsImmutableArray(notWorse),
            ImmutableCollectionsMarshal.AsImmutableArray(worse),
            CanaryExposure + counts.CanaryExposure,
            WorseExposure + (counts.CanaryExposure / shrink));
    }

    /// <summary>
    /// Log evidence that the canary is not worse than rho * stable + <paramref name="eps"/>; grows with eps.
    /// </summary>
    public double LogNotWorse(double eps, double phi)
    {
        Span<double> terms = stackalloc double[Deltas];
        for (var j = 0; j < Deltas; j++)
        {
            terms[j] = -Math.Log(Deltas) + ((NotWorse[j] + (eps * CanaryExposure * DeltaGrid[j])) / phi);
        }

        return LogMath.SumExp(terms);
    }

    /// <summary>
    /// Log evidence that the canary is worse than rho * stable + <paramref name="eps"/>; falls with eps.
    /// </summary>
    public double LogWorse(double eps, double phi)
    {
        Span<double> terms = stackalloc double[Deltas];
        for (var j = 0; j < Deltas; j++)
        {
            terms[j] = -Math.Log(Deltas) + ((Worse[j] - (eps * WorseExposure * DeltaGrid[j])) / phi);
        }

        return LogMath.SumExp(terms);
    }

    /// <summary>Upper end of the confidence sequence for canary - rho * stable at level beta; at most 1.</summary>
    public double Upper(double phi, double beta)
    {
        var limit = Math.Log(1 / beta);
        return Bisection.Root(-Rho, 1, eps => LogNotWorse(eps, phi) >= limit);
    }

    /// <summary>Lower end of the confidence sequence; at least -rho.</summary>
    public double Lower(double phi, double beta)
    {
        var limit = Math.Log(1 / beta);
        return Bisection.Root(-Rho, 1, eps => LogWorse(eps, phi) < limit);
    }

    /// <summary>
    /// How many times the exposure so far, at the ratios so far, a Pass with this margin takes in all.
    /// </summary>
    /// <returns>At least 1; null when the ratios so far never lead to a Pass.</returns>
    public double? ExposureFactorToPass(double margin, double phi, double beta)
    {
        const double Most = 1e6;
        var limit = Math.Log(1 / beta);
        return CanaryExposure <= 0 || LogNotWorse(margin, phi / Most) < limit
            ? null
            : Bisection.Root(1, Most, factor => LogNotWorse(margin, phi / factor) >= limit);
    }
}

namespace Rollouts.House.Arrows;

/// <summary>What a part may know: a namespace and all below it may use each other and what the arrow lists.</summary>
/// <param name="From">A namespace; of two that fit, the longer one decides.</param>
/// <param name="To">Namespaces with all below them; <c>=Some.Space</c> is that one alone.</param>
internal sealed record Arrow(string From, params string[] To)
{
    /// <summary>The uses that no arrow allows; a namespace that has no arrow is found too.</summary>
    public static IEnumerable<Finding> Broken(IReadOnlyCollection<Arrow> map, IEnumerable<NamespaceUse> uses)
    {
        foreach (var use in uses.Where(use => use.From.Contains('.', StringComparison.Ordinal)))
        {
            var arrow = map.Where(arrow => IsWithin(use.From, arrow.From)).MaxBy(arrow => arrow.From.Length);
            if (arrow is null)
            {
                yield return use.Place with { Message = $"{use.From} has no arrow; say in ArrowTests what it may use" };
            }
            else if (!arrow.To.Prepend(arrow.From).Any(to => to[0] == '=' ? use.To == to[1..] : IsWithin(use.To, to)))
            {
                yield return use.Place;
            }
        }
    }

    private static bool IsWithin(string space, string outer) =>
        space == outer || space.StartsWith(outer + '.', StringComparison.Ordinal);
}

using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Rollouts.House.Tidy;

namespace Rollouts.House.Docs;

/// <summary>
/// A page of facts: tables whose rows name, as <c>`SomeTests.A_sentence`</c>, the tests that hold them.
/// </summary>
internal static partial class FactTable
{
    private const string Heading = "| fact | tests |";

    /// <summary>Rows that name no test, and tests that are not there.</summary>
    public static IEnumerable<Finding> Untested(SourceFile page, IReadOnlySet<string> tests)
    {
        for (var number = 1; number <= page.Lines.Count; number++)
        {
            var line = page.Lines[number - 1];
            if (!line.StartsWith("| ", StringComparison.Ordinal) || line == Heading)
            {
                continue;
            }

            var named = Test().Matches(line).Select(match => match.Groups[1].Value).ToList();
            if (named.Count == 0)
            {
                yield return page.At(number, "a fact that no test holds");
            }

            foreach (var missing in named.Where(test => !tests.Contains(test)))
            {
                yield return page.At(number, $"{missing} is not there");
            }
        }
    }

    public static IEnumerable<string> Tests(SourceFile file) =>
        from method in TestRules.TestMethods(file)
        let type = method.Parent as ClassDeclarationSyntax
        where type is not null
        select $"{type.Identifier.ValueText}.{method.Identifier.ValueText}";

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Test();
}

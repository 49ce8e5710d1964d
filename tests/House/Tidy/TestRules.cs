using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rollouts.House.Tidy;

/// <summary>Rules about tests.</summary>
internal static partial class TestRules
{
    /// <summary>The programs that scripts/setup sees to; a test that starts one says so with a trait.</summary>
    private static readonly string[] Tools = ["kubectl", "promtool", "redis-server", "postgres"];

    public static IEnumerable<Finding> SkippedTests(SourceFile file)
    {
        var attributes = from argument in file.Syntax.DescendantNodes().OfType<AttributeArgumentSyntax>()
                         let name = argument.NameEquals?.Name.Identifier.Text
                         where name is "Skip" or "SkipUnless" or "SkipWhen" or "Explicit"
                         select file.At(argument, $"a test that does not run: {argument}");
        var calls = from call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>()
                    let name = call.Expression.ToString()
                    where name is "Assert.Skip" or "Assert.SkipUnless" or "Assert.SkipWhen"
                    select file.At(call, $"a test that does not run: {name}");
        return attributes.Concat(calls);
    }

    /// <summary>A test's name is a sentence that could be false.</summary>
    public static IEnumerable<Finding> Names(SourceFile file) =>
        from method in TestMethods(file)
        where !Sentence().IsMatch(method.Identifier.Text)
        select file.At(method.Identifier, $"{method.Identifier.Text} is not a sentence with underscores");

    /// <summary>A test project that names a tool says <c>[Trait("Requires", tool)]</c> somewhere.</summary>
    public static IEnumerable<Finding> UndeclaredTools(IReadOnlyCollection<SourceFile> project) =>
        from tool in Tools
        where !project.Any(file => file.Text.Contains($"Trait(\"Requires\", \"{tool}\")", StringComparison.Ordinal))
        from file in project
        from literal in file.Syntax.DescendantNodes().OfType<LiteralExpressionSyntax>()
        where literal.Token.ValueText == tool
        select file.At(literal, $"\"{tool}\", but no test of this project says [Trait(\"Requires\", \"{tool}\")]");

    public static IEnumerable<MethodDeclarationSyntax> TestMethods(SourceFile file) =>
        from method in file.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>()
        from attribute in method.AttributeLists.SelectMany(list => list.Attributes)
        where CodeRules.NameOf(attribute) is "Fact" or "Theory"
        select method;

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)+$")]
    private static partial Regex Sentence();
}

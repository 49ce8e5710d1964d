using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rollouts.House.Tidy;

/// <summary>Rules about what stands inside types: methods, comments and switched-off checks.</summary>
internal static partial class CodeRules
{
    public const int MaxMethodLines = 70;

    /// <summary>From the line of the name to the closing brace; attributes and comments above do not count.</summary>
    public static IEnumerable<Finding> MethodLength(SourceFile file)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            var name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier,
                LocalFunctionStatementSyntax function => function.Identifier,
                ConstructorDeclarationSyntax constructor => constructor.Identifier,
                OperatorDeclarationSyntax @operator => @operator.OperatorToken,
                AccessorDeclarationSyntax accessor => accessor.Keyword,
                _ => default,
            };
            var lines = SourceFile.LastLine(node) - SourceFile.LineOf(name) + 1;
            if (!name.IsKind(SyntaxKind.None) && lines > MaxMethodLines)
            {
                yield return file.At(name, $"{name.Text} has {lines} lines; {MaxMethodLines} is the limit");
            }
        }

        var statements = file.Syntax.ChildNodes().OfType<GlobalStatementSyntax>()
            .Where(statement => statement.Statement is not LocalFunctionStatementSyntax).ToList();
        if (statements.Count > 0)
        {
            var lines = SourceFile.LastLine(statements[^1]) - SourceFile.FirstLine(statements[0]) + 1;
            if (lines > MaxMethodLines)
            {
                yield return file.At(statements[0], $"the top level has {lines} lines; {MaxMethodLines} is the limit");
            }
        }
    }

    /// <summary>A rule is switched off in .editorconfig, with its reason, or not at all.</summary>
    public static IEnumerable<Finding> SwitchedOffRules(SourceFile file)
    {
        var pragmas = file.Syntax.DescendantTrivia()
            .Where(trivia => trivia.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia))
            .Select(trivia => file.At(trivia, "#pragma warning"));
        var attributes = file.Syntax.DescendantNodes().OfType<AttributeSyntax>()
            .Where(attribute => NameOf(attribute) is "SuppressMessage" or "UnconditionalSuppressMessage")
            .Select(attribute => file.At(attribute, NameOf(attribute)));
        return pragmas.Concat(attributes);
    }

    public static IEnumerable<Finding> CommentedOutCode(SourceFile file) =>
        from trivia in file.Syntax.DescendantTrivia()
        where trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)
        where CodeEnd().IsMatch(trivia.ToString())
        select file.At(trivia, $"commented-out code: {trivia}");

    public static string NameOf(AttributeSyntax attribute) =>
        attribute.Name.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Last().Identifier.Text
            .Replace("Attribute", "", StringComparison.Ordinal);

    [GeneratedRegex(@"(;|\{|\}|\(\)|=>)\s*(\*/)?\s*$", RegexOptions.Multiline)]
    private static partial Regex CodeEnd();
}

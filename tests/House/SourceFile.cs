using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rollouts.House;

/// <summary>One text file of the repository; for C#, also what the compiler's parser makes of it.</summary>
internal sealed class SourceFile(string path, string text)
{
    private readonly Lazy<SyntaxNode> _syntax = new(() => Parse(path, text).GetRoot());

    public string Path { get; } = path;

    public string Text { get; } = text;

    /// <summary>The lines without their ends; a final newline makes no further line.</summary>
    public IReadOnlyList<string> Lines { get; } = (text.EndsWith('\n') ? text[..^1] : text).Split('\n');

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public SyntaxNode Syntax => _syntax.Value;

    /// <summary>Whether the line lies between the quotes of a raw string literal that spans several lines.</summary>
    public bool IsWithinRawString(int line) =>
        Syntax.DescendantNodes()
            .Where(node => node is InterpolatedStringExpressionSyntax or LiteralExpressionSyntax)
            .Any(node => FirstLine(node) < line && line < LastLine(node));

    public Finding At(int line, string message) => new(Path, line, message);

    public Finding At(SyntaxNode node, string message) => new(Path, FirstLine(node), message);

    public Finding At(SyntaxToken token, string message) => new(Path, LineOf(token), message);

    public Finding At(SyntaxTrivia trivia, string message) =>
        new(Path, trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1, message);

    /// <summary>The line on which the node's own text starts, after its comments; lines count from 1.</summary>
    public static int FirstLine(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public static int LastLine(SyntaxNode node) => node.GetLocation().GetLineSpan().EndLinePosition.Line + 1;

    public static int LineOf(SyntaxToken token) => token.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public static SyntaxTree Parse(string path, string text) =>
        CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest), path);
}

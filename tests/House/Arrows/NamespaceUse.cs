using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rollouts.House.Arrows;

/// <summary>One name in a file that means a type of ours: where it stands, and where that type lives.</summary>
internal readonly record struct NamespaceUse(Finding Place, string From, string To)
{
    /// <summary>
    /// Every use of a type declared in the given files, as the compiler binds it. What the files use from elsewhere
    /// (the framework, packages) stays unbound, which does not matter here.
    /// </summary>
    public static IReadOnlyList<NamespaceUse> In(IReadOnlyList<SourceFile> files)
    {
        var trees = files.ToDictionary(file => file.Syntax.SyntaxTree);
        var core = MetadataReference.CreateFromFile(typeof(object).Assembly.Location);
        var compilation = CSharpCompilation.Create("arrows", trees.Keys, [core]);
        return trees.SelectMany(tree => In(tree.Value, compilation.GetSemanticModel(tree.Key))).ToList();
    }

    private static IEnumerable<NamespaceUse> In(SourceFile file, SemanticModel model)
    {
        foreach (var name in file.Syntax.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var symbol = model.GetSymbolInfo(name).Symbol;
            var type = symbol as INamedTypeSymbol ?? (symbol as IMethodSymbol)?.ReducedFrom?.ContainingType;
            var enclosing = model.GetEnclosingSymbol(name.SpanStart);
            var from = enclosing as INamespaceSymbol ?? enclosing?.ContainingNamespace;
            if (type is { IsTupleType: false } && from is not null && IsDeclaredIn(type, model.Compilation))
            {
                var to = type.ContainingNamespace.ToDisplayString();
                yield return new(file.At(name, $"{from} uses {type.Name} of {to}"), from.ToDisplayString(), to);
            }
        }
    }

    private static bool IsDeclaredIn(INamedTypeSymbol type, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);
}

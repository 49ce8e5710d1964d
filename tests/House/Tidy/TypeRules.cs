using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rollouts.House.Tidy;

/// <summary>Rules about types: their names, their place, what they may be and hold.</summary>
internal static class TypeRules
{
    private static readonly string[] BannedSuffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Base", "Impl", "Data", "Info", "Service"];

    public static IEnumerable<Finding> Names(SourceFile file) =>
        from type in Types(file)
        from suffix in BannedSuffixes
        where type.Identifier.Text.EndsWith(suffix, StringComparison.Ordinal)
        select file.At(type, $"{type.Identifier.Text} ends in {suffix}; find the noun");

    public static IEnumerable<Finding> SealedClasses(SourceFile file) =>
        from type in Types(file)
        where type is ClassDeclarationSyntax or RecordDeclarationSyntax { RawKind: (int)SyntaxKind.RecordDeclaration }
        where !Has(type, SyntaxKind.SealedKeyword) && !Has(type, SyntaxKind.StaticKeyword) &&
            !Has(type, SyntaxKind.AbstractKeyword) && !IsPartOfAnother(type)
        select file.At(type, $"{type.Identifier.Text} is neither sealed nor static nor abstract");

    public static IEnumerable<Finding> StaticState(SourceFile file)
    {
        foreach (var field in file.Syntax.DescendantNodes().OfType<FieldDeclarationSyntax>())
        {
            if (Has(field, SyntaxKind.StaticKeyword) && !Has(field, SyntaxKind.ReadOnlyKeyword))
            {
                yield return file.At(field, $"static mutable state: {field.Declaration.Variables[0].Identifier.Text}");
            }
        }

        foreach (var property in file.Syntax.DescendantNodes().OfType<PropertyDeclarationSyntax>())
        {
            var setter = property.AccessorList?.Accessors.Any(SyntaxKind.SetAccessorDeclaration) ?? false;
            if (Has(property, SyntaxKind.StaticKeyword) && setter)
            {
                yield return file.At(property, $"static mutable state: {property.Identifier.Text}");
            }
        }
    }

    /// <summary>
    /// A file is named after a type in it, or after what its types share: <c>Counts.cs</c> holds PodCounts and
    /// ArmCounts, <c>PodScraper.Deadlines.cs</c> a part of PodScraper.
    /// </summary>
    public static IEnumerable<Finding> FileNames(SourceFile file)
    {
        var name = Path.GetFileName(file.Path).Split('.')[0];
        var delegates = file.Syntax.DescendantNodes().OfType<DelegateDeclarationSyntax>();
        var types = Types(file).Select(type => type.Identifier.Text)
            .Concat(delegates.Select(type => type.Identifier.Text)).ToList();
        return types.Count == 0 || name == "Program" || types.Exists(IsNamedAfter)
            ? []
            : [file.At(0, $"named after none of its types ({string.Join(", ", types)})")];

        bool IsNamedAfter(string type) => type.Contains(name, StringComparison.Ordinal);
    }

    /// <summary>The namespace follows the folder: <c>src/Api/Health</c> holds <c>Rollouts.Api.Health</c>.</summary>
    public static IEnumerable<Finding> Namespaces(SourceFile file)
    {
        var folders = file.Path.Split('/')[1..^1];
        var expected = "Rollouts." + string.Join('.', folders);
        return from space in file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
               let actual = space.Name.ToString()
               where actual != expected
               select file.At(space, $"namespace {actual}; its folder says {expected}");
    }

    /// <summary>An interface is written when there are two implementations, in src, to write it for.</summary>
    public static IEnumerable<Finding> LonelyInterfaces(IReadOnlyCollection<SourceFile> files)
    {
        var implemented = files.SelectMany(Types).Where(type => type is not InterfaceDeclarationSyntax)
            .SelectMany(type => type.BaseList?.Types ?? [])
            .Select(entry => LastName(entry.Type))
            .CountBy(name => name).ToDictionary(StringComparer.Ordinal);
        return from file in files
               from type in file.Syntax.DescendantNodes().OfType<InterfaceDeclarationSyntax>()
               let count = implemented.GetValueOrDefault(type.Identifier.Text)
               where count < 2
               select file.At(type, $"{type.Identifier.Text} has {count} implementations; an interface needs two");
    }

    public static IEnumerable<BaseTypeDeclarationSyntax> Types(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            .Where(type => type is not ExtensionBlockDeclarationSyntax);

    // Of `Some.Space.ITwice<int>`, that is `ITwice`.
    private static string LastName(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.Text,
        SimpleNameSyntax name => name.Identifier.Text,
        _ => type.ToString(),
    };

    private static bool Has(MemberDeclarationSyntax member, SyntaxKind modifier) => member.Modifiers.Any(modifier);

    // `partial class Program;` declares nothing: the part with the body says what the type is.
    private static bool IsPartOfAnother(BaseTypeDeclarationSyntax type) =>
        Has(type, SyntaxKind.PartialKeyword) &&
        type is TypeDeclarationSyntax { ParameterList: null } && type.OpenBraceToken.IsKind(SyntaxKind.None);
}

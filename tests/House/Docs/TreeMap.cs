using System.Text.RegularExpressions;

namespace Rollouts.House.Docs;

/// <summary>A page that maps the tree: it names folders and files as <c>`src/Api/Health/`</c>.</summary>
internal static partial class TreeMap
{
    /// <summary>Paths from the root that the page names and that are not there.</summary>
    public static IEnumerable<Finding> Phantoms(SourceFile page, Func<string, bool> exists) =>
        from named in Named(page)
        where !exists(named.Path)
        select page.At(named.Line, $"{named.Path} is not there");

    /// <summary>Folders that are there and that the page does not name.</summary>
    public static IEnumerable<string> Unnamed(SourceFile page, IEnumerable<string> folders) =>
        folders.Except(Named(page).Select(named => named.Path.TrimEnd('/')));

    private static IEnumerable<(int Line, string Path)> Named(SourceFile page) =>
        from code in Markdown.Code(page)
        from Match match in PathFromRoot().Matches(code.Code)
        select (code.Line, match.Value.TrimEnd('/'));

    [GeneratedRegex(@"(?<![\w./-])(src|tests|docs|crds|charts|scripts|build|\.ci)/[\w./-]*\w/?")]
    private static partial Regex PathFromRoot();
}

using System.Xml.Linq;

namespace Rollouts.House.Arrows;

/// <summary>What project files say: who is compiled against whom, and which packages each asks for.</summary>
internal static class ProjectReferences
{
    /// <summary>
    /// The projects that the given one is compiled against. A reference with <c>ReferenceOutputAssembly="false"</c>
    /// only orders the build (one program starts another): no type crosses it, so it is no arrow.
    /// </summary>
    public static IEnumerable<string> Of(XElement project) =>
        project.Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(Included(reference).Replace('\\', '/')));

    public static IEnumerable<string> Packages(XElement project) =>
        project.Descendants("PackageReference").Where(IsInclude).Select(Included);

    public static IEnumerable<string> Versions(XElement packages) =>
        packages.Descendants("PackageVersion").Where(IsInclude).Select(Included);

    private static bool IsInclude(XElement item) => item.Attribute("Include") is not null;

    private static string Included(XElement item) => (string)item.Attribute("Include")!;
}

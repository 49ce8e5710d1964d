using System.Text.Json.Nodes;
using Rollouts.LocalCluster.ApiServer.Json;

namespace Rollouts.LocalCluster.ApiServer.Resources;

/// <summary>Loads CustomResourceDefinitions from files, by the same way as a client would create them.</summary>
internal static class CrdFolder
{
    /// <exception cref="ClusterStartException">A file is not what it should be; the message is one line that names
    /// it.</exception>
    public static void Load(string folder, ClusterObjects objects)
    {
        if (!Directory.Exists(folder))
            throw new ClusterStartException($"{folder}: no such folder of CRDs");
        var files = Directory
            .EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
            LoadFile(file, objects);
    }

    private static void LoadFile(string file, ClusterObjects objects)
    {
        try
        {
            foreach (var document in YamlReader.ReadDocuments(File.ReadAllText(file)))
            {
                if (document is not JsonObject definition)
                    throw new FormatException("not a CustomResourceDefinition");
                objects.Create(CustomResources.DefinitionResource, "", definition);
            }
        }
        catch (Exception problem)
            when (problem is FormatException or ApiException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterStartException($"{file}: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }
}

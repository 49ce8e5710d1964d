using Rollouts.Api.Faults;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Tests;

/// <summary>The references of the documentation against the tables that the program itself uses.</summary>
public sealed class DocsTests
{
    [Fact]
    public void Every_variable_is_in_the_environment_reference_as_it_is()
    {
        var page = Read("environment.md");

        Assert.All(SettingTable.All, setting => Assert.Contains(Row(setting), page, StringComparison.Ordinal));
        Assert.Equal(
            SettingTable.All.Length, page.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_fault_is_in_the_fault_reference_with_its_keys_and_defaults()
    {
        var rows = Read("faults.md").Split('\n');

        foreach (var schema in FaultSchema.All)
        {
            var row = rows.Single(line => line.StartsWith($"| `{schema.Name}` |", StringComparison.Ordinal));
            foreach (var key in schema.Keys)
            {
                var cell = FormattableString.Invariant($"`{key.Name}` {key.Default}");
                Assert.Contains(cell, row, StringComparison.Ordinal);
            }
        }
    }

    private static string Row(Setting setting)
    {
        var otherwise = setting.Default.Length > 0 ? $"`{Cell(setting.Default)}`" : "-";
        return setting.Name.StartsWith("DEMO_FAULT_", StringComparison.Ordinal)
            ? $"| `{setting.Name}` | `{Cell(setting.Unit)}` |\n"
            : $"| `{setting.Name}` | {otherwise} | {Cell(setting.Unit)} | {Cell(setting.Meaning)} |\n";
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Read(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rollouts.sln")))
        {
            folder = folder.Parent!;
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "api", name));
    }
}

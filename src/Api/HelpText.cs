using System.Text;
using Rollouts.Api.Settings;

namespace Rollouts.Api;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    public static string Write()
    {
        var text = new StringBuilder()
            .Append("""
                api: the sample API for canary drills

                  api                 serve
                  api hc [HOST:]PORT  ask HOST (127.0.0.1) for /health/live; exit 0 when it answers 200, else 1
                  api --version       name and version
                  api --help          this text

                Everything is set by environment variables, or by the same names in appsettings.json beside the program:


                """);
        foreach (var setting in SettingTable.All)
        {
            text.Append("  ").AppendLine(setting.Name)
                .Append("      ").AppendLine(setting.Meaning)
                .Append("      ").Append(setting.Unit)
                .AppendLine(setting.Default.Length > 0 ? $"; default {setting.Default}" : "; not set by default");
        }

        return text.ToString();
    }
}

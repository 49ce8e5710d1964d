using System.Net;

namespace Rollouts.Api.Settings;

/// <summary>Which build this is and where it runs.</summary>
internal sealed record Identity
{
    public required string Version { get; init; }

    public required string Build { get; init; }

    public required string Commit { get; init; }

    public required string BuildDate { get; init; }

    public required string Stage { get; init; }

    public required string Pod { get; init; }

    public required string Namespace { get; init; }

    public required string Node { get; init; }

    public static Identity Read(SettingReader read)
    {
        var pod = read.Text(SettingTable.Pod);
        var identity = new Identity
        {
            Version = read.Text(SettingTable.Version),
            Build = read.Text(SettingTable.Build),
            Commit = read.Text(SettingTable.Commit),
            BuildDate = read.Text(SettingTable.BuildDate),
            Stage = read.Text(SettingTable.Stage),
            Pod = pod.Length > 0 ? pod : Dns.GetHostName(),
            Namespace = read.Text(SettingTable.Namespace),
            Node = read.Text(SettingTable.Node),
        };
        RejectUnlessHeaderValue(read, SettingTable.Version, identity.Version);
        RejectUnlessHeaderValue(read, SettingTable.Pod, identity.Pod);
        return identity;
    }

    // Both go into response headers.
    private static void RejectUnlessHeaderValue(SettingReader read, Setting setting, string text)
    {
        if (text.Length > 253 || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            read.Reject(setting, text, "must be at most 253 printable ASCII characters without blanks");
        }
    }
}

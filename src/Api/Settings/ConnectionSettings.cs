using Npgsql;
using StackExchange.Redis;

namespace Rollouts.Api.Settings;

/// <summary>Reads where the optional servers are. The text itself may hold a password: no problem repeats it.</summary>
internal static class ConnectionSettings
{
    public static string ReadPostgres(SettingReader read)
    {
        var text = read.Text(SettingTable.Postgres);
        if (text.Length > 0 && !IsPostgres(text))
        {
            read.Reject(SettingTable.Postgres, "…", $"is not of the form {SettingTable.Postgres.Unit}");
        }

        return text;
    }

    public static string ReadRedis(SettingReader read)
    {
        var text = read.Text(SettingTable.Redis);
        if (text.Length > 0 && !IsRedis(text))
        {
            read.Reject(SettingTable.Redis, "…", $"is not of the form {SettingTable.Redis.Unit}");
        }

        return text;
    }

    public static Uri? ReadOtlp(SettingReader read)
    {
        var text = read.Text(SettingTable.OtlpEndpoint);
        if (text.Length == 0)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            read.Reject(SettingTable.OtlpEndpoint, text, "is not a URL such as http://collector:4318");
            return null;
        }

        return uri;
    }

    private static bool IsPostgres(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsRedis(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

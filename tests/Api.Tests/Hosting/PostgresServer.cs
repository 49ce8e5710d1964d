using Npgsql;

namespace Rollouts.Api.Tests.Hosting;

/// <summary>A real PostgreSQL in a folder of its own; it can be killed and started again.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postgres-").FullName;
    private readonly int _port = FreePort.Take();
    private ChildProcess? _server;

    public string Connection => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Pooling=true";

    public async ValueTask InitializeAsync()
    {
        // PostgreSQL refuses to run as root.
        await RunAsync("chown", ["nobody", _folder]);
        await RunAsync(
            "initdb",
            ["-D", $"{_folder}/data", "-A", "trust", "-U", "postgres", "--no-sync", "--locale=C", "-E", "UTF8"]);
        await StartAsync();
    }

    public async Task StartAsync()
    {
        await Until.TrueAsync(TryStartAsync, "PostgreSQL answers", seconds: 60);
    }

    public async Task KillAsync()
    {
        _server!.KillAll();
        await _server.DisposeAsync();
        _server = null;
        NpgsqlConnection.ClearAllPools();
    }

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Connection);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await KillAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // After a kill the shared memory of the old server is busy for a moment: then the new one ends, and is started
    // again.
    private async Task<bool> TryStartAsync()
    {
        if (_server is null or { HasExited: true })
        {
            var (program, arguments) = Unprivileged(
                "postgres",
                ["-D", $"{_folder}/data", "-p", $"{_port}", "-h", "127.0.0.1", "-k", _folder, "-c", "fsync=off"]);
            _server = ChildProcess.Start(program, arguments);
        }

        try
        {
            await ScalarAsync("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task RunAsync(string name, string[] arguments)
    {
        var (program, rest) = name == "initdb" ? Unprivileged(name, arguments) : (name, arguments);
        if (name == "chown" && Environment.UserName != "root")
        {
            return;
        }

        var (exitCode, output) = await ChildProcess.RunAsync(program, rest);
        Assert.True(exitCode == 0, output);
    }

    private static (string Program, string[] Arguments) Unprivileged(string name, string[] arguments)
    {
        var folders = Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Order()
                .Reverse()
                .Select(folder => $"{folder}/bin")
                .ToArray()
            : [];
        var program = Tool.Find(name, folders);
        return Environment.UserName == "root"
            ? (Tool.Find("setpriv"), ["--reuid=nobody", "--regid=nogroup", "--clear-groups", program, .. arguments])
            : (program, arguments);
    }
}
